/*
 * coding - pass the body through the known coding, or through unchanged.
 */
#include "lib/net/coding.h"

int coding_begin(struct coding_body *b, const struct coding *known,
	const struct http_head *h, struct err *e)
{
	struct str name;

	if (!http_field_get(h, "content-encoding", &name) ||
		str_ieq(name, STR("identity")))
		return 0;
	if (known == NULL || !str_ieq(name, str_of(known->name)))
		return err_kind(e, ERR_INPUT,
			"the answer is encoded as \"%.*s\", which is not known",
			STR_ARG(str_sub(name, 0, 64)));
	b->state = known->open(b->to, b->context, e);
	if (b->state == NULL)
		return -1;
	b->coding = known;
	return 0;
}

int coding_put(struct coding_body *b, struct str piece, struct err *e)
{
	if (b->coding == NULL)
		return b->to(b->context, piece, e);
	return b->coding->put(b->state, piece, e);
}

int coding_end(struct coding_body *b, struct err *e)
{
	return b->coding == NULL ? 0 : b->coding->end(b->state, e);
}

void coding_close(struct coding_body *b)
{
	if (b->coding != NULL)
		b->coding->close(b->state);
	b->coding = NULL;
	b->state = NULL;
}
