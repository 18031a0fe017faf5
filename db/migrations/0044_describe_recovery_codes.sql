COMMENT ON TABLE recovery_codes IS 'Codes for who lost the authenticator, each good once; SHA-256 of 120 random bits.';
