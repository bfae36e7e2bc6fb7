-- Up Migration
comment on column identity.app_user.totp_secret is
  'Sealed for this user by SEALING_KEYS. Base32 in the clear only where an earlier version wrote it.';
