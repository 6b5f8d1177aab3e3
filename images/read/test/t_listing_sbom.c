/* Unit tests of images/read/listing_sbom: what an SBOM says, right and wrong.
 */
#include "images/read/listing_sbom.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include "lib/base/json.h"
#include <cmocka.h>

#define ROOM (1u << 20)
#define HEX  "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

#define FILE_OF(name, id)                                                      \
	"{\"fileName\":\"" name "\",\"SPDXID\":\"" id "\",\"checksums\":["     \
	"{\"algorithm\":\"SHA1\",\"checksumValue\":\"00\"},"                   \
	"{\"algorithm\":\"SHA256\",\"checksumValue\":\"" HEX "\"}]}"
#define RELATED(who, what, whom)                                               \
	"{\"spdxElementId\":\"" who "\",\"relationshipType\":\"" what "\","    \
	"\"relatedSpdxElement\":\"" whom "\"}"
#define SPDX(files, relations)                                                 \
	"{\"packages\":[{\"SPDXID\":\"P\"}],\"files\":[" files                 \
	"],\"relationships\":[" relations "]}"

#define HOLDS(whom) RELATED("SPDXRef-Image", "CONTAINS", whom)

/* clang-format off */
static const char good[] = SPDX(
	FILE_OF("./src/a.c", "A") ","
	FILE_OF("./usr/b", "B") ","
	FILE_OF("./etc/c", "C"),
	HOLDS("B") "," HOLDS("C") "," HOLDS("P") ","
	RELATED("SPDXRef-X", "CONTAINS", "A") ","
	RELATED("SPDXRef-Image", "DESCRIBES", "A"));
/* clang-format on */

static int read_sbom(
	const char *text, struct arena *a, struct listing *l, struct err *e)
{
	const struct node *doc;

	assert_int_equal(json_parse(str_of(text), a, &doc, NULL), 0);
	return listing_sbom(doc, a, l, e);
}

static void only_what_the_image_contains_counts(void **state)
{
	struct arena a = arena_make(ROOM);
	struct listing l;

	(void)state;
	assert_int_equal(read_sbom(good, &a, &l, NULL), 0);
	assert_int_equal(l.n, 2);
	assert_true(str_is(l.items[0].path, "etc/c"));
	assert_non_null(listing_find(&l, STR("usr/b")));
	assert_string_equal(listing_find(&l, STR("usr/b"))->sha256, HEX);
	assert_null(listing_find(&l, STR("src/a.c")));
	listing_free(&l);
	arena_free(&a);
}

static void sboms_that_contradict_are_refused(void **state)
{
	static const struct {
		const char *text, *says;
	} bad[] = {
		{SPDX("", HOLDS("A")), "no file A"},
		{SPDX("{\"fileName\":\"./a\",\"SPDXID\":\"A\"}", ""),
			"no SHA-256"},
		{SPDX(FILE_OF("/a", "A"), ""), "not a relative name"},
		{SPDX(FILE_OF("./a", "A") "," FILE_OF("./b", "A"), ""),
			"twice"},
		{SPDX(FILE_OF("./a", "A") "," FILE_OF("./a", "B"),
			 HOLDS("A") "," HOLDS("B")),
			"twice"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct arena a = arena_make(ROOM);
		struct listing l;
		struct err e = {0};

		assert_int_equal(read_sbom(bad[i].text, &a, &l, &e), -1);
		if (!strstr(e.text, bad[i].says))
			fail_msg("%s, not %s", e.text, bad[i].says);
		listing_free(&l);
		arena_free(&a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_what_the_image_contains_counts),
		cmocka_unit_test(sboms_that_contradict_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
