import { z } from 'zod';

import { id } from '../../core/fields.js';

/** Path of one resource. */
export const idParams = z.object({ id });

/** A list's answer. */
export function pageSchema<T extends z.ZodType>(item: T) {
  return z.object({ data: z.array(item), next_cursor: z.string().nullable() });
}
