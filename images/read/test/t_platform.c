/* Which platform is meant, and indexes in which that is clear. */
#include "images/read/platform.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "images/read/unambiguous.h"
#include "lib/arc/oci.h"
#include "lib/base/json.h"
#include <cmocka.h>

#define ROOM ((size_t)1 << 20)

static const struct node *parsed(struct arena *a, const char *text)
{
	const struct node *doc;

	assert_int_equal(json_parse(str_of(text), a, &doc, NULL), 0);
	return doc;
}

static bool is_meant(const char *wanted, const char *is)
{
	AUTO_ARENA struct arena a = arena_make(ROOM);
	struct platform p;

	assert_int_equal(platform_parse(wanted, &p, NULL), 0);
	return platform_is(&p, parsed(&a, is));
}

#define ARM    "{\"os\":\"linux\",\"architecture\":\"arm64\",\"variant\":\"v8\"}"
#define NO_V   "{\"os\":\"linux\",\"architecture\":\"arm64\"}"
#define AMD    "{\"os\":\"linux\",\"architecture\":\"amd64\"}"
#define NAMING "\"mediaType\":\"" OCI_MANIFEST "\",\"platform\":"

static void a_platform_is_met(void **state)
{
	(void)state;
	assert_true(is_meant("linux/arm64", ARM));
	assert_true(is_meant("arm64", ARM));
	assert_true(is_meant("linux/arm64/v8", ARM));
	assert_true(is_meant("linux/arm64/v8", NO_V));
	assert_false(is_meant("linux/arm64/v9", ARM));
	assert_false(is_meant("linux/arm64", AMD));
	assert_false(is_meant("windows/amd64", AMD));
}

static void what_is_no_platform_is_refused(void **state)
{
	static const char *const bad[] = {
		"", "/", "linux/", "/arm64", "linux//v8", "linux/arm64/v8/x"};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct platform p;
		struct err e = {0};

		if (platform_parse(bad[i], &p, &e) == 0)
			fail_msg("taken: %s", bad[i]);
		assert_int_equal(e.kind, ERR_USAGE);
	}
}

static void a_platform_is_written(void **state)
{
	AUTO_ARENA struct arena a = arena_make(ROOM);
	AUTO_BUF struct buf b = buf_growing(ROOM);

	(void)state;
	platform_write(parsed(&a, ARM), &b);
	buf_byte(&b, ' ');
	platform_write(parsed(&a, AMD), &b);
	assert_string_equal(buf_cstr(&b), "linux/arm64/v8 linux/amd64");
}

/* "" is nothing. */
static const char *verdict(const char *manifests, struct err *e)
{
	AUTO_ARENA struct arena a = arena_make(ROOM);
	AUTO_BUF struct buf b = buf_growing(ROOM);

	buf_fmt(&b,
		"{\"schemaVersion\":2,\"mediaType\":\"" OCI_INDEX
		"\",\"manifests\":[%s]}",
		manifests);
	err_clear(e);
	return unambiguous_platforms(parsed(&a, buf_cstr(&b)), e) < 0 ? e->text
								      : "";
}

static void an_index_has_one_image_for_a_platform(void **state)
{
	struct err e;

	(void)state;
	assert_string_equal(
		verdict("{" NAMING AMD "},{" NAMING ARM "}", &e), "");
	assert_non_null(strstr(
		verdict("{" NAMING ARM "},{" NAMING AMD "},{" NAMING ARM "}",
			&e),
		"two images for linux/arm64"));
	assert_non_null(
		strstr(verdict("{\"mediaType\":\"" OCI_MANIFEST "\"}", &e),
			"no platform"));
	assert_non_null(strstr(verdict("{\"mediaType\":\"" OCI_INDEX
				       "\",\"platform\":" AMD "}",
				       &e),
		"mediaType"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_platform_is_met),
		cmocka_unit_test(what_is_no_platform_is_refused),
		cmocka_unit_test(a_platform_is_written),
		cmocka_unit_test(an_index_has_one_image_for_a_platform),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
