import nodemailer from 'nodemailer';

export interface Mail {
  to: string;
  subject: string;
  body: string;
  messageId: string;
}

export type MailResult =
  | { ok: true; id: string }
  /** `ambiguous`: it may have been accepted, so it is never sent again. */
  | { ok: false; code: string; retryable: boolean; ambiguous: boolean };

export type SendEmail = (mail: Mail) => Promise<MailResult>;

const TIMEOUT_MS = 20_000;

function property(error: unknown, name: string): unknown {
  return typeof error === 'object' && error !== null
    ? (error as Record<string, unknown>)[name]
    : undefined;
}

/** Sends plain-text e-mails through one SMTP server. Never throws. */
export function createSendEmail(url: string, from: string): SendEmail {
  const transport = nodemailer.createTransport({
    url,
    connectionTimeout: TIMEOUT_MS,
    greetingTimeout: TIMEOUT_MS,
    socketTimeout: TIMEOUT_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return async ({ to, subject, body, messageId }) => {
    try {
      const domain =
        from
          .split('@')
          .at(-1)
          ?.replace(/[^A-Za-z0-9.-]/g, '') || 'localhost';
      const sent = await transport.sendMail({
        from,
        to: { name: '', address: to },
        subject,
        text: body,
        messageId: `<${messageId}@${domain}>`,
        headers: { 'Auto-Submitted': 'auto-replied' },
      });
      return { ok: true, id: sent.messageId };
    } catch (error) {
      const code = String(property(error, 'code') ?? 'smtp');
      const response = Number(property(error, 'responseCode') ?? 0);
      const notConnected = ['ECONNECTION', 'EDNS', 'EAUTH', 'ECONNREFUSED', 'ESOCKET'].includes(
        code,
      );
      const refused = response >= 400;
      return {
        ok: false,
        code: refused ? `smtp_${response}` : code.toLowerCase(),
        retryable: refused ? response < 500 : notConnected,
        ambiguous: !refused && !notConnected,
      };
    }
  };
}

/** Asks the server whether it answers. */
export async function verifySmtp(url: string): Promise<{ ok: true } | { ok: false; code: string }> {
  const transport = nodemailer.createTransport({ url, connectionTimeout: TIMEOUT_MS });
  try {
    await transport.verify();
    return { ok: true };
  } catch (error) {
    return { ok: false, code: String(property(error, 'code') ?? 'smtp').toLowerCase() };
  } finally {
    transport.close();
  }
}
