/* Which build system a tarball has, what a draft says of it, and which
   libraries Debian builds it with. */
#include "images/draft/draft.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void the_files_at_the_top_tell(void **state)
{
	static const struct {
		const char *names;
		enum draft_kind kind;
	} rows[] = {
		{"a-1/\na-1/configure\na-1/configure.ac\na-1/CMakeLists.txt\n",
			DRAFT_AUTOCONF},
		{"a-1/configure\na-1/configure.in\n", DRAFT_AUTOCONF},
		{"a-1/configure\na-1/Makefile\n", DRAFT_CONFIGURE},
		{"./a-1/CMakeLists.txt\n./a-1/Makefile\n", DRAFT_CMAKE},
		{"a-1/meson.build\na-1/configure.ac\n", DRAFT_MESON},
		{"a-1/configure.ac\n", DRAFT_AUTORECONF},
		{"a-1/Makefile\n", DRAFT_MAKE},
		{"a-1/src/Makefile\na-1/src/configure\n", DRAFT_UNKNOWN},
		{"", DRAFT_UNKNOWN},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct draft d = {0};

		draft_look(&d, str_of(rows[i].names));
		if (d.kind != rows[i].kind)
			fail_msg("%s: %s", rows[i].names,
				draft_kind_name(d.kind));
		if (d.kind != DRAFT_UNKNOWN)
			assert_true(str_is(d.top, "a-1"));
	}
}

static void check_text(struct draft d, const char *want, const char *without)
{
	AUTO_BUF struct buf b = buf_growing(1 << 16);

	d.package = STR("web");
	d.lock = "my locks/$(id).lock";
	draft_write(&d, &b);
	if (strstr(buf_cstr(&b), want) == NULL)
		fail_msg("no \"%s\" in:\n%s", want, b.p);
	if (strstr(b.p, without) != NULL)
		fail_msg("\"%s\" in:\n%s", without, b.p);
}

static void steps_follow_what_is_known(void **state)
{
	(void)state;
	check_text((struct draft){.kind = DRAFT_AUTOCONF},
		"./configure --prefix=/usr \\\n", " @ ");
	check_text(
		(struct draft){.kind = DRAFT_AUTOCONF, .has_no_shared = true},
		"--prefix=/usr --disable-shared --enable-static \\\n", " @ ");
	check_text((struct draft){.kind = DRAFT_CONFIGURE, .has_static = true},
		"./configure --prefix=/usr --static\n", " @ ");
	check_text((struct draft){.kind = DRAFT_CONFIGURE},
		"./configure --prefix=/usr\n", "fill in");
	check_text((struct draft){.kind = DRAFT_CONFIGURE},
		"\nlock='my locks/$(id).lock'\n", "fill in");
	check_text((struct draft){.kind = DRAFT_MAKE, .has_destdir = true},
		"make install DESTDIR=\"$STAGE\"", "fill in");
	check_text((struct draft){.kind = DRAFT_MAKE},
		"the Makefile has no DESTDIR", "make install");
	check_text((struct draft){.kind = DRAFT_UNKNOWN}, "fill in: compile()",
		"make");
}

static void libraries_are_those_of_debian(void **state)
{
	AUTO_BUF struct buf b = buf_growing(1024);

	(void)state;
	draft_libraries(STR("debhelper-compat (= 13), zlib1g-dev (>= 1),\n "
			    "libpam0g-dev [linux-any] <!nocheck>, dpkg-dev,\n"
			    " libx-dev:native | liby-dev, python3\n"),
		&b);
	assert_string_equal(buf_cstr(&b), " zlib1g-dev libpam0g-dev libx-dev");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_files_at_the_top_tell),
		cmocka_unit_test(steps_follow_what_is_known),
		cmocka_unit_test(libraries_are_those_of_debian),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
