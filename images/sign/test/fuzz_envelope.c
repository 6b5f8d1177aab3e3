/*
 * Fuzz target: any bytes as a bundle, an envelope, a statement and a claim.
 * Whatever is refused is refused with a reason.
 */
#include "images/sign/bundle.h"
#include "images/sign/claim.h"
#include "images/sign/statement.h"

#include <stdlib.h>

#define HEX "04f464a69779413243b44aef14d0ddd28def33c9c47567da66b8d48630860ea1"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void need_reason(int done, struct err *e)
{
	if (done < 0 && !e->text[0])
		abort();
	*e = (struct err){.kind = ERR_NONE};
}

static void check_documents(
	const struct node *doc, struct arena *a, struct err *e)
{
	struct bundle b;
	struct dsse d;

	need_reason(bundle_read(doc, a, &b, e), e);
	need_reason(dsse_read(doc, a, &d, e), e);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct str text = {(const char *)data, size};
	AUTO_ARENA struct arena a = arena_make((size_t)16 << 20);
	struct err e = {.kind = ERR_NONE};
	const struct node *doc;
	struct statement s;

	if (size > (size_t)1 << 20)
		return 0;
	if (json_parse(text, &a, &doc, NULL) == 0)
		check_documents(doc, &a, &e);
	need_reason(statement_read(text, HEX, &a, &s, &e), &e);
	need_reason(claim_check(text, "sha256:" HEX, &a, &e), &e);
	return 0;
}
