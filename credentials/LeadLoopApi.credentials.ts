import type {
  IAuthenticate,
  Icon,
  ICredentialTestRequest,
  ICredentialType,
  INodeProperties,
} from 'n8n-workflow';

const REDIRECTS = [301, 302, 303, 307, 308];

export class LeadLoopApi implements ICredentialType {
  name = 'leadLoopApi';

  displayName = 'LeadLoop API';

  icon: Icon = { light: 'file:leadLoop.svg', dark: 'file:leadLoop.dark.svg' };

  documentationUrl = 'https://leadloop.example/docs/n8n-package#credential';

  properties: INodeProperties[] = [
    {
      displayName: 'Base URL',
      name: 'baseUrl',
      type: 'string',
      required: true,
      default: 'http://localhost:4100',
      placeholder: 'e.g. http://localhost:4100',
      description:
        'The address of the LeadLoop service. When n8n runs in Docker, localhost is its own container: use http://host.docker.internal:4100, or the name of the service in the same Docker network, such as http://leadloop:4100.',
    },
    {
      displayName: 'API Key',
      name: 'apiKey',
      type: 'string',
      typeOptions: { password: true },
      required: true,
      default: '',
      description: 'A key of LeadLoop that has the scopes your workflows need',
    },
    {
      displayName: 'Ignore SSL Issues (Insecure)',
      name: 'ignoreSslIssues',
      type: 'boolean',
      default: false,
      description: 'Whether to connect even if SSL certificate validation is not possible',
    },
  ];

  // A function, because n8n evaluates each expression of the other form in its sandbox at every
  // request, which takes longer than the request.
  authenticate: IAuthenticate = (credentials, request) =>
    Promise.resolve({
      ...request,
      headers: {
        ...request.headers,
        Authorization: `Bearer ${String(credentials.apiKey ?? '').trim()}`,
      },
      skipSslCertificateValidation: credentials.ignoreSslIssues === true,
    });

  test: ICredentialTestRequest = {
    request: {
      baseURL: String.raw`={{$credentials.baseUrl.trim().replace(/\/+$/, "").replace(/\/api$/, "")}}`,
      url: '/api/whoami',
      disableFollowRedirect: true,
      skipSslCertificateValidation: '={{$credentials.ignoreSslIssues}}' as unknown as boolean,
    },
    rules: [
      ...REDIRECTS.map((value) => ({
        type: 'responseCode',
        properties: {
          value,
          message:
            'This base URL only points to another address. Give the address of the LeadLoop service itself, with https:// where it asks for that: the API key is not sent on.',
        },
      })),
      {
        type: 'responseCode',
        properties: {
          value: 401,
          message:
            'LeadLoop does not know this API key. It may be mistyped or revoked: create one in LeadLoop and paste all of it.',
        },
      },
      {
        type: 'responseCode',
        properties: {
          value: 403,
          message: 'This API key lacks the scope it needs. Choose a key with more scopes.',
        },
      },
      {
        type: 'responseCode',
        properties: {
          value: 404,
          message:
            'There is no LeadLoop service at this base URL. Give the address of the service itself, such as http://localhost:4100.',
        },
      },
      {
        type: 'responseSuccessBody',
        properties: {
          key: 'service',
          value: undefined,
          message:
            'Something answers at this base URL, but it is not a LeadLoop service. Give the address of the service itself, such as http://localhost:4100.',
        },
      },
    ] as unknown as ICredentialTestRequest['rules'],
  };
}
