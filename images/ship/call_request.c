/* call_request - an answer's text may hold a token, so it is wiped. */
#include "images/ship/call_request.h"

void call_free(struct call_answer *a)
{
	buf_wipe(&a->text);
}

bool call_field(
	const struct call_answer *a, const char *name, struct str *value)
{
	return http_field_get(a->head, name, value);
}
