import {
  classifyTransportError,
  describeTransportError,
} from '../../../scoring-service/src/delivery/transport-error.js';

function coded(code: string, cause?: unknown): Error {
  return Object.assign(new Error('failed', { cause }), { code });
}

describe('the class of a transport error', () => {
  test.each([
    ['ECONNREFUSED', 'connection_refused'],
    ['ECONNRESET', 'connection_reset'],
    ['EHOSTUNREACH', 'unreachable'],
    ['ENOTFOUND', 'dns'],
    ['ETIMEDOUT', 'timeout'],
    ['UND_ERR_CONNECT_TIMEOUT', 'timeout'],
    ['CERT_HAS_EXPIRED', 'tls'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'tls'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'tls'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'tls'],
    ['HPE_INVALID_CONSTANT', 'protocol'],
    ['EMFILE', 'local_failure'],
    ['constructor', 'unknown'],
    ['SOMETHING_NEW', 'unknown'],
  ])('%s is %s', (code, expected) => {
    expect(classifyTransportError(coded(code))).toBe(expected);
  });

  test('is found in causes and in the last of several addresses', () => {
    expect(classifyTransportError(coded('X', coded('ECONNREFUSED')))).toBe('connection_refused');
    const several = new AggregateError([coded('ENETUNREACH'), coded('ECONNREFUSED')]);
    expect(classifyTransportError(several)).toBe('connection_refused');
    expect(classifyTransportError('text')).toBe('unknown');
  });

  test('a description is one short line', () => {
    expect(describeTransportError(coded('EPIPE'))).toBe('EPIPE: failed');
    expect(describeTransportError(new Error(`a\nb`))).toBe('a');
    expect(describeTransportError(new Error('x'.repeat(500)))).toHaveLength(200);
  });
});
