/* Unit tests of images/project: this project's own file, and mistakes. */
#include "images/project/project.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "lib/base/version.h"
#include <cmocka.h>

#define HEAD "name: it\nversion: \"1.2\"\nsupplier: Me\nlicence: MIT\n"

static void this_project_has_its_version(void **state)
{
	AUTO_PROJECT struct project p;
	struct err e = {0};

	(void)state;
	if (project_read(".", &p, &e) < 0)
		fail_msg("%s", e.text);
	assert_true(str_is(p.is.version, KEELSON_VERSION));
	assert_true(str_is(p.is.supplier, "Organization: Keelson"));
	assert_true(str_is(p.is.creator, "Organization: Keelson"));
	assert_true(str_is(p.vendor, "Keelson"));
	assert_string_equal(p.registry, "localhost/keelson");
	assert_string_equal(p.at.lock, "static-build/sources.lock");
}

static void what_is_left_out_follows_from_the_rest(void **state)
{
	AUTO_PROJECT struct project p;

	(void)state;
	assert_int_equal(project_parse(STR(HEAD), "keelson.yaml", &p, NULL), 0);
	assert_true(str_is(p.is.title, "it"));
	assert_true(str_is(p.is.creator, "Organization: Me"));
	assert_string_equal(p.registry, "localhost/it");
	assert_string_equal(p.at.images, "images");
	assert_string_equal(p.at.evidence, ".keelson");
}

static void a_person_may_be_the_supplier(void **state)
{
	AUTO_PROJECT struct project p;

	(void)state;
	assert_int_equal(
		project_parse(STR("name: it\nversion: \"1.2\"\nlicence: MIT\n"
				  "supplier: \"Person: Ann\"\ncreator: CI\n"
				  "registry: example.org/ann\n"
				  "build: make && keelson build\n"
				  "fetched: [a, b/c]\n"
				  "paths: {out: build/images}\n"),
			"keelson.yaml", &p, NULL),
		0);
	assert_true(str_is(p.is.supplier, "Person: Ann"));
	assert_true(str_is(p.is.creator, "Organization: CI"));
	assert_true(str_is(p.vendor, "Ann"));
	assert_string_equal(p.registry, "example.org/ann");
	assert_string_equal(p.at.out, "build/images");
	assert_string_equal(p.build, "make && keelson build");
	assert_int_equal(p.fetched->count, 2);
}

static void paths_may_differ_by_processor(void **state)
{
	AUTO_PROJECT struct project p;

	(void)state;
	assert_int_equal(
		project_parse(STR(HEAD "paths: {programs: bin}\n"
				       "archs: {arm64: {programs: arm/bin, "
				       "out: dist/arm64}}\n"),
			"keelson.yaml", &p, NULL),
		0);
	project_select(&p, STR("amd64"));
	assert_string_equal(p.at.programs, "bin");
	project_select(&p, STR("arm64"));
	assert_string_equal(p.at.programs, "arm/bin");
	assert_string_equal(p.at.out, "dist/arm64");
	assert_string_equal(p.at.evidence, ".keelson");
}

static void mistakes_are_refused_with_their_line(void **state)
{
	static const struct {
		const char *text, *says;
	} bad[] = {
		{"", "keelson.yaml: line 1: must be a map, is null"},
		{"name: it\n", "key version is missing"},
		{HEAD "vendor: x\n",
			"line 5: vendor: unknown key (known: name,"},
		{"name: it\nversion: 1\nsupplier: M\nlicence: M\n",
			"line 2: version: must be a text, is a whole number"},
		{"name: It\nversion: v1\nsupplier: M\nlicence: M\n",
			"line 1: name: must be lower-case"},
		{"name: it\nversion: 1/2\nsupplier: M\nlicence: M\n",
			"line 2: version: must be"},
		{"name: it\nversion: v1\nsupplier: M\nlicence: M;\n",
			"line 4: licence: must be an SPDX expression"},
		{HEAD "title: \"a\\\"b\"\n", "line 5: title: has a character"},
		{HEAD "title: \"\"\n", "line 5: title: has a character"},
		{HEAD "paths: {out: ../up}\n",
			"paths: line 5: out: must be a path below"},
		{HEAD "paths: {out: /tmp}\n", "out: must be a path below"},
		{HEAD "paths: {outs: x}\n", "paths: line 5: outs: unknown key"},
		{HEAD "fetched: [ok, ../up]\n",
			"must be a path below the project"},
		{HEAD "build: \"a\\nb\"\n", "build: "},
		{HEAD "archs: {sparc: {out: x}}\n",
			"archs: line 5: sparc: unknown key"},
		{HEAD "name: it\n", "line 5"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		AUTO_PROJECT struct project p;
		struct err e = {0};

		if (project_parse(
			    str_of(bad[i].text), "keelson.yaml", &p, &e) == 0)
			fail_msg("read: %s", bad[i].text);
		if (!strstr(e.text, bad[i].says))
			fail_msg("%s, not %s", e.text, bad[i].says);
	}
}

static void no_project_is_said(void **state)
{
	AUTO_PROJECT struct project p;
	struct err e = {0};

	(void)state;
	assert_int_equal(project_read("/nonexistent", &p, &e), -1);
	assert_int_equal(e.kind, ERR_ABSENT);
	assert_non_null(strstr(e.text, "keelson init"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(this_project_has_its_version),
		cmocka_unit_test(what_is_left_out_follows_from_the_rest),
		cmocka_unit_test(a_person_may_be_the_supplier),
		cmocka_unit_test(paths_may_differ_by_processor),
		cmocka_unit_test(mistakes_are_refused_with_their_line),
		cmocka_unit_test(no_project_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
