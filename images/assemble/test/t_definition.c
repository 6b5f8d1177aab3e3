/* Unit tests of images/definition: the images of this project, and mistakes. */
#include "images/assemble/definition.h"
#include "images/assemble/definition_rules.h"

#include <regex.h>
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
	return definition_read(file, NULL, d, e);
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
	assert_int_equal(definition_mode(node_get(x, "mode"), 0), 01777);
	assert_int_equal(
		accounts_owner(&d.accounts, node_get(x, "owner"), &a, &b, NULL),
		0);
	assert_int_equal(a, 65532);
	assert_int_equal(b, 4294967294);
	assert_int_equal(definition_mode(NULL, 0755), 0755);
}

static void mistakes_are_refused_with_their_line(void **state)
{
	static const struct {
		const char *text, *says;
	} bad[] = {
		{"", "must be a map, is null"},
		{HEAD "entrypiont: [/a]\n",
			"it.yaml: line 5: entrypiont: unknown key (known: "
			"name, title,"},
		{"name: it\n", "key title is missing"},
		{"name: other\ntitle: T\ndescription: D\nuser: \"0:0\"\n",
			"line 1: name: must be the name of the file"},
		{"name: It\ntitle: T\ndescription: D\nuser: \"0:0\"\n",
			"line 1: name: must be lower-case"},
		{"name: it\ntitle: T\ndescription: D\nuser: app\n",
			"line 4: user: no user app in accounts"},
		{"name: it\ntitle: T\ndescription: D\nuser: 0\n",
			"line 4: user: must be a text, is a whole number"},
		{"name: it\ntitle: T\ndescription: D\nuser: 0:4294967295\n",
			"line 4: user: must be UID:GID"},
		{HEAD "entrypoint: /a\n",
			"line 5: entrypoint: must be a list, is a text"},
		{HEAD "entrypoint:\n- /a\n- 1\n",
			"entrypoint: line 7: must be a text"},
		{HEAD "env:\n  A: 1\n", "env: line 6: A: must be a text"},
		{HEAD "directories: [{path: /a, mode: \"1778\"}]\n",
			"line 5: mode: must be octal"},
		{HEAD "directories: [{path: /a, owner: \"1:x y\"}]\n",
			"line 5: owner: must be UID:GID"},
		{HEAD "archs: [aarch64]\n",
			"archs: line 5: must be one of amd64"},
		{HEAD "layering: two\n", "line 5: layering: must be one"},
		{HEAD "ports: [http]\n", "ports: line 5: must be a port"},
		{HEAD "ports: [80/icmp]\n", "ports: line 5: must be a port"},
		{HEAD "stop-signal: TERM\n", "stop-signal: must be SIGNAME"},
		{HEAD "volumes: [data]\n", "volumes: line 5: must be abs"},
		{HEAD "healthcheck: {interval: 30}\n",
			"healthcheck: line 5: interval: must be a text"},
		{HEAD "healthcheck: {interval: 30s}\n",
			"healthcheck: line 5: healthcheck: key test is "},
		{HEAD "labels: {org.opencontainers.image.title: x}\n",
			"labels: line 5: org.opencontainers.image.title: is"},
		{HEAD "annotations: {\"a b\": x}\n", "a b: must be letters"},
		{HEAD "files: [{path: /a}]\n", "files: line 5: say one of"},
		{HEAD "files: [{path: /a, empty: true, content: x}]\n",
			"files: line 5: say one of"},
		{HEAD "files: [{path: /a, source: ../b}]\n",
			"source: must be a relative path"},
		{HEAD "files: [{path: /a, xattrs: {security.capability: x}, "
		      "content: x}]\n",
			"xattrs: line 5: security.capability: must be user."},
		{HEAD "programs: [{name: a, to: /a, evidence: some}]\n",
			"evidence: must be none"},
		{HEAD "programs: [{name: a, to: /a, capabilities: [all]}]\n",
			"capabilities: line 5: must be a capability of"},
		{HEAD "accounts: {run-as: app}\n",
			"accounts: line 5: run-as: no user of this name"},
		{HEAD "accounts: {users: [{name: a, uid: 0}]}\n",
			"user a (0): user root has that name or number"},
		{HEAD "accounts: {users: [{name: a, uid: -1}]}\n",
			"uid: must be from 0 to 4294967294"},
		{HEAD "accounts: {users: [{name: a, uid: 1, home: \"/:\"}]}\n",
			"home: must be an absolute path without a colon"},
		{HEAD "accounts: {groups: [{name: g, gid: 1, members: [a]}]}\n",
			"group g: no user a"},
		{HEAD "accounts: {users: [{name: a, uid: 1}], run-as: a}\n",
			"user: accounts have run-as already"},
		{HEAD "workdir: /${{vars.A}}\n",
			"line 5: ${{vars.A}}: no such variable (known: none)"},
		{HEAD "workdir: /${{vars.A\n", "line 5: ${{ without }}"},
		{HEAD "vars: {A: \"x: y\"}\n", "vars: line 5: A: must be"},
		{HEAD "include: [it.yaml]\n", "it.yaml includes itself"},
		{HEAD "include: [absent.yaml]\n", "absent.yaml: No such file"},
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

		if (read_text(bad[i].text, &d, &e) == 0)
			fail_msg("read: %s", bad[i].text);
		if (!strstr(e.text, bad[i].says))
			fail_msg("%s, not %s", e.text, bad[i].says);
	}
}

/* ---- more than one file ---------------------------------------------------
 */

static void write_beside(const char *name, const char *text)
{
	char path[96];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	assert_int_equal(file_write(path, str_of(text), 0600, NULL), 0);
}

static void remove_beside(const char *name)
{
	char path[96];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	unlink(path);
}

static void what_is_included_is_merged(void **state)
{
	static const char *const vars[] = {"PORT=9090"};
	const struct definition_given given = {.project_name = STR("p"),
		.project_version = STR("1.5"),
		.vars = vars,
		.n_vars = 1};
	AUTO_DEFINITION struct definition d;
	struct err e = {0};

	(void)state;
	write_beside("base.yaml", "vars: {PORT: \"80\", DIR: /srv}\n"
				  "user: \"1:1\"\nworkdir: ${{vars.DIR}}\n"
				  "env: {A: low, B: low}\ncmd: [low]\n"
				  "accounts: {users: [{name: app, uid: 7}]}\n"
				  "directories: [{path: /low}]\n");
	assert_int_equal(
		file_write(file,
			str_of("name: it\ntitle: It ${{project.version}}\n"
			       "description: D\ninclude: [base.yaml]\n"
			       "vars: {PORT: \"81\", DIR: /var}\n"
			       "user: app\nenv: {B: high}\n"
			       "cmd: [\"${{ vars.PORT }}\"]\n"
			       "accounts: {groups: [{name: g, gid: 9}]}\n"
			       "directories: [{path: /high}]\n"),
			0600, NULL),
		0);
	if (definition_read(file, &given, &d, &e) < 0)
		fail_msg("%s", e.text);
	assert_true(str_is(d.title, "It 1.5"));
	assert_true(str_is(d.workdir, "/var"));
	assert_true(str_is(d.user, "7:7"));
	assert_true(str_is(node_text(node_get(d.env, "A")), "low"));
	assert_true(str_is(node_text(node_get(d.env, "B")), "high"));
	assert_int_equal(d.cmd->count, 1);
	assert_true(str_is(node_text(node_first(d.cmd)), "9090"));
	assert_int_equal(d.directories->count, 2);
	assert_int_equal(d.accounts.n_groups, 3);
	assert_non_null(
		strstr(definition_file_of(&d.set, node_first(d.directories)),
			"/base.yaml"));
	assert_string_equal(
		definition_file_of(&d.set, node_first(d.directories)->next),
		file);
	remove_beside("base.yaml");
}

static void a_mistake_in_an_included_file_has_its_name(void **state)
{
	AUTO_DEFINITION struct definition d;
	struct err e = {0};

	(void)state;
	write_beside("base.yaml", "# nothing\nenv: {\"A B\": x}\n");
	assert_int_equal(read_text(HEAD "include: [base.yaml]\n", &d, &e), -1);
	if (!strstr(e.text, "/base.yaml: env: line 2: A B: must be letters"))
		fail_msg("%s", e.text);
	remove_beside("base.yaml");
}

static void a_circle_of_files_is_refused(void **state)
{
	AUTO_DEFINITION struct definition d;
	struct err e = {0};

	(void)state;
	write_beside("base.yaml", "include: [it.yaml]\n");
	assert_int_equal(read_text(HEAD "include: [base.yaml]\n", &d, &e), -1);
	if (!strstr(e.text, "it.yaml includes itself"))
		fail_msg("%s", e.text);
	remove_beside("base.yaml");
}

/* ---- accounts --------------------------------------------------------------
 */

static void accounts_become_passwd_and_group(void **state)
{
	AUTO_BUF struct buf text = buf_growing(1 << 16);
	AUTO_DEFINITION struct definition d;
	uint32_t uid, gid;
	struct err e = {0};
	const struct node owner = {.type = NODE_TEXT, .text = {"web:data", 8}};

	(void)state;
	if (read_text("name: it\ntitle: T\ndescription: D\naccounts:\n"
		      "  run-as: web\n  users:\n"
		      "  - {name: web, uid: 300, gid: 44, home: /srv}\n"
		      "  - {name: db, uid: 200, shell: /bin/db, comment: D B}\n"
		      "  groups:\n"
		      "  - {name: data, gid: 50, members: [web, db]}\n",
		    &d, &e) < 0)
		fail_msg("%s", e.text);
	assert_true(str_is(d.user, "300:44"));
	accounts_passwd(&d.accounts, &text);
	accounts_group(&d.accounts, &text);
	assert_string_equal(buf_cstr(&text),
		"root:x:0:0:root:/root:/sbin/nologin\n"
		"db:x:200:200:D B:/:/bin/db\n"
		"web:x:300:44::/srv:/sbin/nologin\n"
		"root:x:0:\nweb:x:44:\ndata:x:50:web,db\ndb:x:200:\n");
	assert_int_equal(
		accounts_owner(&d.accounts, &owner, &uid, &gid, NULL), 0);
	assert_int_equal(uid, 300);
	assert_int_equal(gid, 50);
}

/* ---- rules ------------------------------------------------------------------
 */

/* The schema's pattern and the function behind it agree. */
static void rules_are_as_the_schema_states_them(void **state)
{
	static const struct form_rule *const rules[] = {&rule_name, &rule_path,
		&rule_absolute, &rule_below, &rule_mode, &rule_owner,
		&rule_account, &rule_home, &rule_env, &rule_key, &rule_port,
		&rule_signal, &rule_licence, &rule_arch, &rule_none, &rule_one,
		&rule_xattr, &rule_value};
	static const char *const texts[] = {"", "a", "A", "/", "/a", "/a/b",
		"a/b", "//", "a:b", "1", "1777", "17777", "1778", "0:0",
		"app:www", "1:www", "a-", "-a", "a-b", "a_b", "_a", "8080/tcp",
		"80/icmp", "80", "SIGTERM", "SIGRTMIN+3", "TERM", "9", "MIT",
		"MIT OR (A AND B)", "amd64", "arm64", "none", "one", "user.a",
		"user.", "security.a", "a b", "a%b", "/a:b", "a.b", "a=b", "1a",
		"x\ny"};

	(void)state;
	for (size_t i = 0; i < sizeof(rules) / sizeof(*rules); i++) {
		regex_t re;

		assert_int_equal(
			regcomp(&re, rules[i]->pattern, REG_EXTENDED), 0);
		for (size_t k = 0; k < sizeof(texts) / sizeof(*texts); k++) {
			bool says = rules[i]->is_valid(str_of(texts[k]));
			bool matches = regexec(&re, texts[k], 0, NULL, 0) == 0;

			if (says != matches)
				fail_msg("%s: \"%s\" is %d by the function",
					rules[i]->pattern, texts[k], says);
		}
		regfree(&re);
	}
}

static void a_missing_file_is_named(void **state)
{
	AUTO_DEFINITION struct definition d;
	struct err e = {0};

	(void)state;
	assert_int_equal(
		definition_read("/nonexistent.yaml", NULL, &d, &e), -1);
	assert_non_null(strstr(e.text, "/nonexistent.yaml: No such file"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_whole_definition_is_read),
		cmocka_unit_test(modes_and_owners_are_numbers),
		cmocka_unit_test(mistakes_are_refused_with_their_line),
		cmocka_unit_test(a_missing_file_is_named),
		cmocka_unit_test(what_is_included_is_merged),
		cmocka_unit_test(a_mistake_in_an_included_file_has_its_name),
		cmocka_unit_test(a_circle_of_files_is_refused),
		cmocka_unit_test(accounts_become_passwd_and_group),
		cmocka_unit_test(rules_are_as_the_schema_states_them),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
