/* Unit tests of images/definition: the images of this project, and mistakes. */
#include "images/assemble/definition.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/fd.h"
#include <cmocka.h>

#define HEAD "name: it\ntitle: It\ndescription: What it is\nuser: \"0:0\"\n"

static char dir[] = "/tmp/t_definition.XXXXXX";
static char file[64];

static int make_dir(void **state)
{
	(void)state;
	if (!mkdtemp(dir))
		return -1;
	snprintf(file, sizeof(file), "%s/it.yaml", dir);
	return 0;
}

static int remove_dir(void **state)
{
	(void)state;
	return unlink(file) | rmdir(dir);
}

static int read_text(const char *text, struct definition *d, struct err *e)
{
	assert_int_equal(file_write(file, str_of(text), 0600, NULL), 0);
	return definition_read(file, d, e);
}

static void a_whole_definition_is_read(void **state)
{
	AUTO_DEFINITION struct definition d;

	(void)state;
	assert_int_equal(
		read_text(HEAD "workdir: /\nentrypoint: [/a, b]\ncmd: []\n"
			       "env: {A: b}\nlabels: {c: d}\n"
			       "skel: [/etc/passwd]\npick: [tzdata]\n"
			       "programs: [{name: a, to: /a}]\n"
			       "links: [{path: /b, to: a}]\n"
			       "directories: [{path: /tmp, mode: \"1777\","
			       " owner: \"1:2\"}]\n",
			&d, NULL),
		0);
	assert_true(str_is(d.name, "it"));
	assert_true(str_is(d.description, "What it is"));
	assert_int_equal(d.entrypoint->count, 2);
	assert_int_equal(d.programs->count, 1);
}

static void modes_and_owners_are_numbers(void **state)
{
	AUTO_DEFINITION struct definition d;
	const struct node *x;
	uint32_t a, b;

	(void)state;
	assert_int_equal(
		read_text(HEAD "directories: [{path: /a, mode: \"1777\", "
			       "owner: \"65532:4294967294\"}]\n",
			&d, NULL),
		0);
	x = node_first(d.directories);
	assert_int_equal(definition_mode(node_get(x, "mode"), 0, &a, NULL), 0);
	assert_int_equal(a, 01777);
	assert_int_equal(
		definition_owner(node_get(x, "owner"), &a, &b, NULL), 0);
	assert_int_equal(a, 65532);
	assert_int_equal(b, 4294967294);
	assert_int_equal(definition_mode(NULL, 0755, &a, NULL), 0);
	assert_int_equal(a, 0755);
	assert_int_equal(definition_mode(node_get(x, "path"), 0, &a, NULL), -1);
	assert_int_equal(
		definition_owner(node_get(x, "mode"), &a, &b, NULL), -1);
}

static void mistakes_are_refused_with_their_line(void **state)
{
	static const struct {
		const char *text, *says;
	} bad[] = {
		{"", "must be a map, is null"},
		{HEAD "entrypiont: [/a]\n",
			"it.yaml: line 5: entrypiont: unknown key"},
		{"name: it\n", "key title is missing"},
		{"name: other\ntitle: T\ndescription: D\nuser: \"0:0\"\n",
			"line 1: name: must be the name of the file"},
		{"name: It\ntitle: T\ndescription: D\nuser: \"0:0\"\n",
			"line 1: name: must be lower-case"},
		{"name: it\ntitle: T\ndescription: D\nuser: root\n",
			"line 4: user: must be UID:GID"},
		{"name: it\ntitle: T\ndescription: D\nuser: 0\n",
			"line 4: user: must be a text, is a whole number"},
		{"name: it\ntitle: T\ndescription: D\nuser: 0:4294967295\n",
			"line 4: user: must be UID:GID"},
		{HEAD "entrypoint: /a\n",
			"line 5: entrypoint: must be a list, is a text"},
		{HEAD "entrypoint:\n- /a\n- 1\n",
			"entrypoint: line 7: must be a text"},
		{HEAD "env:\n  A: 1\n", "env: line 6: A: must be a text"},
		{HEAD "programs:\n- name: a\n",
			"programs: line 6: key to is missing"},
		{HEAD "links: [{path: /a, target: b}]\n",
			"links: line 5: target: unknown key"},
		{HEAD "directories: [{path: /a, mode: 1777}]\n",
			"directories: line 5: mode: must be a text"},
		{HEAD "directories: [/a]\n", "must be a map, is a text"},
		{HEAD "env: {A=B: c}\n", "env: line 5: A=B: must be letters"},
		{HEAD "env: {1A: c}\n", "must be letters"},
		{HEAD "env: {\"\": c}\n", "must be letters"},
		{HEAD "env: {A: \"b\\nC=d\"}\n", "control character"},
		{HEAD "labels: {\"a\\0b\": c}\n", "control character"},
		{HEAD "labels: {a: \"b\\0\"}\n", "control character"},
		{HEAD "cmd: [\"a\\x1b[31m\"]\n", "control character"},
		{HEAD "links: [{path: \"/a\\n\", to: b}]\n",
			"control character"},
		{HEAD "workdir: tmp\n", "must be an absolute path"},
		{HEAD "name: it\n", "line 5"},
		{HEAD "a: b: c\n", "it.yaml: line 5"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		AUTO_DEFINITION struct definition d;
		struct err e = {0};

		assert_int_equal(read_text(bad[i].text, &d, &e), -1);
		if (!strstr(e.text, bad[i].says))
			fail_msg("%s, not %s", e.text, bad[i].says);
	}
}

static void a_missing_file_is_named(void **state)
{
	AUTO_DEFINITION struct definition d;
	struct err e = {0};

	(void)state;
	assert_int_equal(definition_read("/nonexistent.yaml", &d, &e), -1);
	assert_non_null(strstr(e.text, "/nonexistent.yaml: No such file"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_whole_definition_is_read),
		cmocka_unit_test(modes_and_owners_are_numbers),
		cmocka_unit_test(mistakes_are_refused_with_their_line),
		cmocka_unit_test(a_missing_file_is_named),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
