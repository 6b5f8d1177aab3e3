/*
 * claim - keys in the order of cosign's, so that equal claims are equal bytes.
 */
#include "images/sign/claim.h"

#define CLAIM_SAYS "cosign container image signature"

void claim_put(struct buf *out, const char *digest, struct str reference)
{
	struct json_out o = json_out(out, 0);

	json_map(&o, NULL);
	json_map(&o, "critical");
	json_map(&o, "identity");
	json_str(&o, "docker-reference", reference);
	json_map_end(&o);
	json_map(&o, "image");
	json_text(&o, "docker-manifest-digest", digest);
	json_map_end(&o);
	json_text(&o, "type", CLAIM_SAYS);
	json_map_end(&o);
	json_null(&o, "optional");
	json_map_end(&o);
}

int claim_check(
	struct str text, const char *digest, struct arena *a, struct err *e)
{
	const struct node *doc, *critical;
	struct str type, about;

	if (json_parse(text, a, &doc, e) < 0)
		return err_at(e, "claim");
	critical = node_get(doc, "critical");
	type = node_text(node_get(critical, "type"));
	about = node_text(
		node_path(critical, "image", "docker-manifest-digest", NULL));
	/* "atomic" is how containers/image names the same. */
	if (!str_is(type, CLAIM_SAYS) &&
		!str_is(type, "atomic container signature"))
		return err_kind(e, ERR_INPUT, "the claim is of type \"%.*s\"",
			STR_ARG(type));
	if (!str_is(about, digest))
		return err_kind(e, ERR_INPUT,
			"the claim is about another image: %.*s, not %s",
			STR_ARG(about), digest);
	return 0;
}
