/* audit_feed: any text as a feed; what it finds can be written as JSON, and
   versions are ordered the same from both sides. */
#include "sbom/audit/audit_write.h"
#include "sbom/audit/debversion.h"

#include "lib/base/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_order(struct str text)
{
	struct str a = str_sub(text, 0, text.n / 2);
	struct str b = str_sub(text, text.n / 2, text.n);

	if (debversion_cmp(a, b) != -debversion_cmp(b, a) ||
		debversion_cmp(text, text) != 0)
		__builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct lock_line line = {.package = {"musl", 4},
		.version = {"1.2.5-3.1~deb13u1", 17},
		.suite = {"trixie", 6}};
	static const struct lock_line *const packages[] = {&line};
	const struct str text = {(const char *)data, size};
	AUTO_ARENA struct arena arena = arena_make(1 << 24);
	struct audit a = {.arena = &arena,
		.packages = packages,
		.n_packages = 1,
		.feed = "feed"};
	const struct audit_report r = {&a, "product", 1, true};
	AUTO_BUF struct buf out = buf_growing(1 << 24);
	const struct node *n;
	struct err e;

	check_order(text);
	if (audit_feed(&a, text, &e) < 0)
		return 0;
	audit_sort(&a);
	audit_write_json(&r, &out);
	if (!out.full && json_parse(buf_view(&out), &arena, &n, &e) < 0 &&
		e.kind == ERR_INPUT)
		__builtin_trap();
	return 0;
}
