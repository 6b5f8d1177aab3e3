/*
 * age_key - decode keys from Bech32, and identity files line by line.
 */
#include "lib/arc/age_key.h"

#include "lib/arc/bech32.h"

int age_recipient_parse(struct str text, struct age_key *out, struct err *e)
{
	return bech32_decode(text, "age", out->bytes, AGE_KEY_BYTES, e);
}

int age_identity_parse(struct str text, struct age_key *out, struct err *e)
{
	return bech32_decode(
		text, "age-secret-key-", out->bytes, AGE_KEY_BYTES, e);
}

int age_identities_parse(struct str file, struct age_key *out, size_t max,
	size_t *n, struct err *e)
{
	struct str line;
	unsigned number = 0;

	*n = 0;
	while (str_cut(&file, '\n', &line)) {
		number++;
		line = str_trim(line);
		if (!line.n || line.p[0] == '#')
			continue;
		if (*n == max)
			return err_kind(e, ERR_LIMIT,
				"line %u: more than %zu keys", number, max);
		if (age_identity_parse(line, &out[*n], e) < 0)
			return err_at(e, "line %u", number);
		++*n;
	}
	return *n ? 0 : err_kind(e, ERR_INPUT, "no secret key in the file");
}
