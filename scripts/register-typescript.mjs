import { existsSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';

/**
 * Lets plain Node run TypeScript outside the service as it is written (the demo, the fakes, the n8n
 * runner): types are stripped by Node itself, imports of `.js` find the `.ts` beside them, and the
 * service comes from its build. That code uses nothing that needs more than stripping.
 */
const repository = new URL('../', import.meta.url);
const sources = new URL('scoring-service/src/', repository).href;
// A folder that holds scoring-service/dist, when it is not the repository (tests build elsewhere).
const root = process.env.LEADLOOP_DEMO_BUILD;
const built = new URL(
  'scoring-service/dist/',
  root === undefined ? repository : pathToFileURL(`${root}/`),
).href;

registerHooks({
  resolve(specifier, context, next) {
    if (!specifier.startsWith('.') || context.parentURL === undefined)
      return next(specifier, context);
    const { href } = new URL(specifier, context.parentURL);
    if (href.startsWith(sources)) return next(built + href.slice(sources.length), context);
    const typescript = href.replace(/\.js$/, '.ts');
    const isSource = !existsSync(fileURLToPath(href)) && existsSync(fileURLToPath(typescript));
    return next(isSource ? typescript : specifier, context);
  },
});
