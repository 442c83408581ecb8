/** What the strict server convicts of, each rule with its section. The text of a rule is the text of its violation. */
export const rules = {
  // Discovery.
  'discovery-method': 'SMART App Launch 2.2, Conformance: the configuration is asked for with GET',
  'discovery-accept': 'SMART App Launch 2.2, Discovery: the Accept header supports application/json',
  'discovery-anonymous':
    'SMART App Launch 2.2, Conformance: the configuration is asked for without authentication',
  'discovery-address':
    'SMART App Launch 2.2, Discovery: the address is the FHIR base and the well-known path alone',

  // Parameters of any request.
  encoding: 'RFC 6749 Appendix B: parameters are form-encoded UTF-8',
  repeated: 'RFC 6749 sections 3.1 and 3.2: a parameter is there once',
  empty: 'RFC 6749 sections 3.1 and 3.2: a parameter without a value is left out',

  // The authorization request.
  'authorization-method':
    'SMART App Launch 2.2, Obtain authorization code: the request is a GET, or a POST of a form',
  'authorization-unknown':
    'SMART App Launch 2.2, Obtain authorization code: no parameter beside those of the table',
  'authorization-extra':
    'The vendor’s own documentation: its further parameters are there, with their values',
  'authorization-secret':
    'RFC 6749 section 2.3.1 and RFC 7636 section 4.3: no secret, assertion or verifier in the request',
  'authorization-length': 'RFC 9112 section 3: a request line of up to 8,000 octets is understood everywhere',
  'authorization-referer': 'RFC 9700 section 4.2: the page before gives away no more than its origin',
  'response-type': 'RFC 6749 section 4.1.1: response_type is code',
  'client-id': 'RFC 6749 section 4.1.1 and Appendix A.1: client_id is that of the registration',
  'redirect-uri-absolute': 'RFC 6749 section 3.1.2: redirect_uri is an absolute address without a fragment',
  'redirect-uri-encrypted':
    'RFC 9700 section 2.6 and RFC 8252 section 7.3: redirect_uri is https, or http on loopback',
  'redirect-uri-registered': 'RFC 9700 section 2.1: redirect_uri is registered to the letter',
  'scope-missing': 'SMART App Launch 2.2, Obtain authorization code: scope is there',
  'scope-characters':
    'RFC 6749 section 3.3 and Appendix A.4: scopes are printable words divided by one space',
  'scope-twice': 'RFC 6749 section 3.3: each scope is asked for once',
  'scope-syntax': 'SMART App Launch 2.2, Scopes: a scope is written in a version that the server announces',
  'scope-patient-context': 'SMART App Launch 2.2, Standalone launch: launch/patient asks for the patient',
  'scope-launch': 'SMART App Launch 2.2, Standalone launch: launch belongs to a launch from the EHR',
  'scope-permission': 'SMART App Launch 2.2, Capabilities: only scopes of levels that the server announces',
  'scope-fhir-user': 'SMART App Launch 2.2, Scopes for identity: fhirUser goes with openid',
  'state-missing': 'SMART App Launch 2.2, Obtain authorization code: state is there',
  'state-characters': 'RFC 6749 Appendix A.5: state is printable ASCII',
  'state-entropy': 'SMART App Launch 2.2, Obtain authorization code: state has 122 bits of entropy',
  'state-reused': 'RFC 6749 section 10.12: state is new for every request',
  'challenge-missing': 'RFC 7636 section 4.3: code_challenge is there',
  'challenge-form': 'RFC 7636 section 4.2: code_challenge is the base64url of a SHA-256 digest',
  'challenge-method': 'SMART App Launch 2.2, Considerations for PKCE: code_challenge_method is S256',
  'challenge-reused': 'RFC 7636 section 4.1: the verifier is new for every request',
  'aud-exact': 'SMART App Launch 2.2, Obtain authorization code: aud is the FHIR base to the letter',
  'nonce-openid': 'OpenID Connect Core section 3.1.2.1: nonce belongs to a request with openid',
  'nonce-entropy': 'OpenID Connect Core section 15.5.2: nonce cannot be guessed',
  'nonce-reused': 'OpenID Connect Core section 15.5.2: nonce is new for every request',
  'values-apart': 'RFC 9700 section 2.1.1: state, nonce and code_challenge are values of their own',

  // Any request from the client itself.
  'form-method': 'RFC 6749 section 3.2 and RFC 7009 section 2.1: the request is a POST',
  'form-query': 'RFC 6749 sections 2.3.1 and 3.2: the address carries no parameters',
  'form-type': 'RFC 6749 section 4.1.3: the body is application/x-www-form-urlencoded',
  'form-accept': 'RFC 6749 section 5.1: the answer is JSON, which Accept must admit',
  'form-unknown': 'SMART App Launch 2.2, Obtain access token: no parameter beside those of the table',

  // The token request.
  'grant-type': 'RFC 6749 section 4.1.3: grant_type is authorization_code',
  'code-missing': 'RFC 6749 section 4.1.3: code is there',
  'code-unknown': 'RFC 6749 section 4.1.3: code is one that this server gave',
  'code-reused': 'RFC 6749 section 4.1.2: a code is used once',
  'code-late': 'RFC 6749 section 4.1.2: a code is exchanged before it expires',
  'code-after-wrong-issuer':
    'RFC 9207 section 2.4: no code is sent after an answer whose iss is missing or wrong',
  'redirect-uri-same':
    'RFC 6749 section 4.1.3: redirect_uri is that of the authorization request to the letter',
  'verifier-missing': 'RFC 7636 section 4.5: code_verifier is there',
  'verifier-form': 'RFC 7636 section 4.1: code_verifier is 43 to 128 unreserved characters',
  'verifier-wrong': 'RFC 7636 section 4.6: the challenge is the SHA-256 digest of code_verifier',
  'client-id-public': 'SMART App Launch 2.2, Obtain access token: a public client names itself in client_id',
  'client-id-confidential':
    'SMART App Launch 2.2, Obtain access token: a confidential client leaves out client_id',
  'client-id-other': 'RFC 6749 section 3.2.1: client_id is that of the authenticated client',

  // Client authentication.
  'authentication-several': 'RFC 6749 section 2.3: one way of authentication in a request',
  'authentication-missing': 'RFC 6749 section 3.2.1: a confidential client authenticates',
  'authentication-public': 'RFC 6749 section 2.1: a public client has nothing to authenticate with',
  'authentication-method': 'RFC 6749 section 2.3: the client authenticates in the registered way',
  'basic-form': 'RFC 6749 section 2.3.1 and RFC 7617: Basic is the base64 of form-encoded client and secret',
  'basic-wrong': 'RFC 6749 section 2.3.1: Basic holds the registered client and secret',
  'post-wrong': 'RFC 6749 section 2.3.1: client_id and client_secret are the registered ones',

  // Assertions.
  'assertion-type': 'RFC 7523 section 2.2: client_assertion_type is that of a JWT',
  'assertion-form': 'RFC 7515 section 3.1: client_assertion is a JWS in its compact form',
  'assertion-alg': 'SMART App Launch 2.2, Asymmetric authentication: alg is RS384 or ES384, as announced',
  'assertion-typ': 'SMART App Launch 2.2, Asymmetric authentication: typ is JWT',
  'assertion-kid': 'SMART App Launch 2.2, Asymmetric authentication: kid names a registered key',
  'assertion-header':
    'RFC 7515 section 4.1 and SMART: no header that brings a key, names an unregistered set, or is critical',
  'assertion-signature': 'RFC 7523 section 3 item 9: the signature is that of the registered key',
  'assertion-client': 'RFC 7523 section 3 items 1 and 2: iss and sub are the client_id',
  'assertion-aud': 'SMART App Launch 2.2, Asymmetric authentication: aud is one text, the address posted to',
  'assertion-exp':
    'SMART App Launch 2.2, Asymmetric authentication: exp is an integer, ahead, by five minutes at the most',
  'assertion-begin': 'RFC 7523 section 3 items 5 and 6: nbf and iat are not in the future',
  'assertion-jti': 'SMART App Launch 2.2, Asymmetric authentication: jti is a text that cannot be guessed',
  'assertion-jti-reused': 'SMART App Launch 2.2, Asymmetric authentication: jti is new for every assertion',
  'assertion-claims':
    'SMART App Launch 2.2, Asymmetric authentication: no claims beside those of the table and RFC 7519',

  // Giving tokens back.
  'revocation-token': 'RFC 7009 section 2.1: token is one that this server gave',
  'revocation-hint': 'RFC 7009 section 2.1: token_type_hint is access_token or refresh_token',
} as const;

export type Rule = keyof typeof rules;

/** Enters a violation. What a request did right leaves no trace. */
export type Accuse = (rule: Rule) => void;
