/* What each key of apko's becomes, and what is said of those that do not map.
 */
#include "images/migrate/apko.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

struct imported {
	struct arena arena;
	struct buf out, unmapped;
	struct err e;
	int rc;
};

static struct imported import(const char *text)
{
	struct imported i = {.arena = arena_make(1 << 22),
		.out = buf_growing(1 << 20),
		.unmapped = buf_growing(1 << 20)};
	const struct apko_request r = {
		str_of(text), "a.yaml", STR("web"), &i.arena};

	i.rc = apko_import(&r, &i.out, &i.unmapped, &i.e);
	return i;
}

static void imported_free(struct imported *i)
{
	arena_free(&i->arena);
	buf_free(&i->out);
	buf_free(&i->unmapped);
}

/* The definition has the line, or the notes do when it begins with "!". */
static void check(const char *text, const char *want)
{
	bool is_note = *want == '!';
	struct imported i = import(text);
	const char *got = buf_cstr(is_note ? &i.unmapped : &i.out);

	if (i.rc < 0)
		fail_msg("%s: %s", text, i.e.text);
	if (strstr(got, want + is_note) == NULL)
		fail_msg("%s: no \"%s\" in:\n%s", text, want, got);
	if (!is_note && i.unmapped.n > 0)
		fail_msg("%s: %s", text, buf_cstr(&i.unmapped));
	imported_free(&i);
}

static void what_maps_is_written(void **state)
{
	static const char *const rows[][2] = {
		{"cmd: run \"a b\" 'c \"d' e\\ f",
			"cmd: [\"run\", \"a b\", \"c \\\"d\", \"e f\"]\n"},
		{"entrypoint: {command: /bin/web -x}",
			"entrypoint: [\"/bin/web\", \"-x\"]\n"},
		{"stop-signal: SIGQUIT", "stop-signal: \"SIGQUIT\"\n"},
		{"work-dir: /srv", "workdir: \"/srv\"\n"},
		{"environment: {A: 1.10, B: yes, C: 010}",
			"  \"A\": \"1.10\"\n  \"B\": \"yes\"\n  \"C\": "
			"\"010\"\n"},
		{"archs: [x86_64]", "archs: [amd64]\n"},
		{"volumes: [/data]", "  - \"/data\"\n"},
		{"annotations: {org.example.a: b}",
			"annotations:\n  \"org.example.a\": \"b\"\n"},
		{"annotations: {org.opencontainers.image.title: T}",
			"title: \"T\"\n"},
		{"cmd: x", "user: \"0:0\"\n"},
		{"accounts: {run-as: 65532}", "user: \"65532:65532\"\n"},
		{"accounts: {run-as: 1, users: [{username: app, uid: 1}]}",
			"accounts:\n  run-as: \"app\"\n  users:\n    - {name: "
			"\"app\", uid: 1}\n"},
		{"accounts: {run-as: root, users: [{username: root, uid: 0}]}",
			"user: \"0:0\"\n"},
		{"accounts: {groups: [{groupname: g, gid: 5, members: [a]}]}",
			"    - {name: \"g\", gid: 5, members: [\"a\"]}\n"},
		{"contents: {packages: [tzdata, ca-certificates, "
		 "ca-certificates-bundle]}",
			"pick:\n  - tzdata\n  - ca-certificates\n"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		check(rows[i][0], rows[i][1]);
}

static void paths_become_entries_of_their_kind(void **state)
{
	static const char *const rows[][2] = {
		{"paths: [{path: /a, type: directory, permissions: 0o1777}]",
			"directories:\n  - {path: \"/a\", mode: \"1777\"}\n"},
		{"paths:\n- path: /a\n  type: directory\n  permissions: 0750\n"
		 "  uid: 3\n",
			"mode: \"0750\", owner: \"3:0\"}\n"},
		{"paths: [{path: /a, type: empty-file, permissions: 420}]",
			"files:\n  - {path: \"/a\", empty: true, mode: "
			"\"644\"}\n"},
		{"paths: [{path: /a, type: symlink, source: b}]",
			"links:\n  - {path: \"/a\", to: \"b\"}\n"},
		{"paths: [{path: /a, type: hardlink, source: /b}]",
			"hard-links:\n  - {path: \"/a\", to: \"/b\"}\n"},
		{"paths: [{path: /a, type: permissions, permissions: 0o700, "
		 "recursive: true}]",
			"permissions:\n  - {path: \"/a\", mode: \"700\", "
			"recursive: true}\n"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		check(rows[i][0], rows[i][1]);
}

static void what_does_not_map_is_named_with_its_line(void **state)
{
	static const char *const rows[][2] = {
		{"cmd: x\ncontents:\n  packages:\n    - curl=8.1\n",
			"!a.yaml:4: contents.packages: curl: does not map"},
		{"contents: {keyring: [x]}", "!a.yaml:1: contents.keyring: "},
		{"cmd: x\nvcs-url: y", "!a.yaml:2: vcs-url: does not map: say"},
		{"cmd: x\n\ncertificates: {}", "!a.yaml:3: certificates: does"},
		{"entrypoint: {shell-fragment: x}",
			"!a.yaml:1: entrypoint.shell-fragment: does not map: "
			"images have no shell"},
		{"entrypoint:\n  odd: x", "!a.yaml:2: entrypoint.odd: does"},
		{"archs: [s390x]", "!a.yaml:1: archs: s390x: does not map"},
		{"paths: [{path: /a, type: odd}]",
			"!a.yaml:1: paths: type odd"},
		{"paths: [{path: /a, type: directory, xattrs: []}]",
			"!a.yaml:1: paths: xattrs: does not map"},
		{"paths: [{path: /a, type: directory, recursive: true}]",
			"!a.yaml:1: paths: recursive: of a directory"},
		{"layering: {strategy: origin}", "!a.yaml:1: layering: does"},
		{"accounts: {users: [{username: a, uid: 5, odd: 1}]}",
			"!a.yaml:1: accounts.users: odd: does not map"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		check(rows[i][0], rows[i][1]);
}

static void what_would_be_no_definition_is_refused(void **state)
{
	static const char *const rows[][2] = {
		{"environment: {A B: c}", "env"},
		{"paths: [{path: a, type: directory}]", "directories"},
		{"accounts: {users: [{username: a}]}", "uid"},
		{"work-dir: srv", "workdir"},
		{"- a", "a.yaml: is no map"},
		{"a: {", "a.yaml: line 2"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct imported got = import(rows[i][0]);

		if (got.rc == 0)
			fail_msg("taken: %s", rows[i][0]);
		if (strstr(got.e.text, rows[i][1]) == NULL)
			fail_msg("%s: %s", rows[i][0], got.e.text);
		imported_free(&got);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_maps_is_written),
		cmocka_unit_test(paths_become_entries_of_their_kind),
		cmocka_unit_test(what_does_not_map_is_named_with_its_line),
		cmocka_unit_test(what_would_be_no_definition_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
