/**
 * A self-signed certificate for crm.example.com with its key, valid for a hundred years. It exists
 * so that tests can speak TLS on loopback; it protects nothing.
 */
export const TEST_CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBqDCCAU2gAwIBAgIUKuZXSr3mEAj0HFmxu8zKkTwnXW0wCgYIKoZIzj0EAwIw
GjEYMBYGA1UEAwwPY3JtLmV4YW1wbGUuY29tMCAXDTI2MTEyMDEzMzgzMFoYDzIx
MjYxMDI3MTMzODMwWjAaMRgwFgYDVQQDDA9jcm0uZXhhbXBsZS5jb20wWTATBgcq
hkjOPQIBBggqhkjOPQMBBwNCAAT/tnLszmG8MXwUlckAPlBCKuPG00p5eJhP9F1b
XP85LEZtttKL/N+6j0NRIU2qRnplSTR96dfRF1F3JPRRLPYjo28wbTAdBgNVHQ4E
FgQUzzNpowb4cs3uptA1pH2bMBvwtqkwHwYDVR0jBBgwFoAUzzNpowb4cs3uptA1
pH2bMBvwtqkwDwYDVR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgg9jcm0uZXhhbXBs
ZS5jb20wCgYIKoZIzj0EAwIDSQAwRgIhAOwfB4niEXJYEzZBPvZcVDvdMWAZHzhI
u/d/MwS+C3i0AiEAj/g+3QAIWPtw1q4bmi7MbvnBpiu664D4iyUF1I6mPls=
-----END CERTIFICATE-----`;

export const TEST_KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQghKoYdZuqcughK1/o
uGAcB0acBvyDnqxarDmZPMO24/qhRANCAAT/tnLszmG8MXwUlckAPlBCKuPG00p5
eJhP9F1bXP85LEZtttKL/N+6j0NRIU2qRnplSTR96dfRF1F3JPRRLPYj
-----END PRIVATE KEY-----`;
