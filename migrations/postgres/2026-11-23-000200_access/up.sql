-- why: people, integrations, their sessions and secrets, and the answers kept for repeated requests.
CREATE TABLE users (
  id UUID NOT NULL PRIMARY KEY,
  network_id UUID NOT NULL,
  company_id UUID NOT NULL,
  email TEXT COLLATE "C" NOT NULL UNIQUE,
  name TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('master_administrator', 'master_operator', 'supervisor', 'partner_administrator', 'partner_member')),
  state TEXT NOT NULL CHECK (state IN ('invited', 'active', 'disabled')),
  password_hash TEXT,
  version BIGINT NOT NULL CHECK (version > 0),
  created_at TIMESTAMPTZ NOT NULL,
  updated_at TIMESTAMPTZ NOT NULL,
  FOREIGN KEY (company_id, network_id) REFERENCES companies (id, network_id),
  CHECK (state <> 'active' OR password_hash IS NOT NULL)
);
CREATE INDEX users_of_company ON users (company_id, id);

CREATE TABLE invitations (
  id UUID NOT NULL PRIMARY KEY,
  user_id UUID NOT NULL REFERENCES users (id),
  token_hash TEXT COLLATE "C" NOT NULL UNIQUE,
  expires_at TIMESTAMPTZ NOT NULL,
  used_at TIMESTAMPTZ,
  created_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX invitations_of_user ON invitations (user_id);

CREATE TABLE sessions (
  id UUID NOT NULL PRIMARY KEY,
  user_id UUID NOT NULL REFERENCES users (id),
  expires_at TIMESTAMPTZ NOT NULL,
  revoked_at TIMESTAMPTZ,
  created_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX sessions_of_user ON sessions (user_id);

CREATE TABLE refresh_tokens (
  hash TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  session_id UUID NOT NULL REFERENCES sessions (id),
  parent_hash TEXT COLLATE "C",
  expires_at TIMESTAMPTZ NOT NULL,
  used_at TIMESTAMPTZ,
  created_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX refresh_tokens_of_session ON refresh_tokens (session_id);

CREATE TABLE integrations (
  id UUID NOT NULL PRIMARY KEY,
  network_id UUID NOT NULL,
  company_id UUID NOT NULL,
  name TEXT NOT NULL,
  scopes TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('active', 'revoked')),
  version BIGINT NOT NULL CHECK (version > 0),
  created_at TIMESTAMPTZ NOT NULL,
  updated_at TIMESTAMPTZ NOT NULL,
  FOREIGN KEY (company_id, network_id) REFERENCES companies (id, network_id)
);
CREATE INDEX integrations_of_company ON integrations (company_id, id);

CREATE TABLE integration_secrets (
  id UUID NOT NULL PRIMARY KEY,
  integration_id UUID NOT NULL REFERENCES integrations (id),
  hash TEXT COLLATE "C" NOT NULL UNIQUE,
  expires_at TIMESTAMPTZ,
  created_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX integration_secrets_of_integration ON integration_secrets (integration_id);

CREATE TABLE idempotency_keys (
  principal TEXT COLLATE "C" NOT NULL,
  key TEXT COLLATE "C" NOT NULL CHECK (length(key) BETWEEN 1 AND 255),
  request_hash TEXT NOT NULL,
  status INTEGER NOT NULL,
  etag TEXT,
  location TEXT,
  answer TEXT NOT NULL,
  created_at TIMESTAMPTZ NOT NULL,
  PRIMARY KEY (principal, key)
);
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);
