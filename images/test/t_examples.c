/* Files of CI services are YAML, and the scripts that they call are there. */
#include "lib/base/fd.h"
#include "lib/base/yaml.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* "sh ci/NAME" in a text: the file of that name in examples. */
static size_t check_script(struct str text)
{
	size_t n = 0;

	for (size_t i = 0; i + 6 < text.n; i++) {
		struct str at = str_sub(text, i, text.n);
		char path[256];

		if (!str_has_prefix(at, STR("sh ci/")))
			continue;
		at = str_sub(at, 3, at.n);
		at = str_sub(at, 0, str_find(at, '\n'));
		at = str_sub(at, 0, str_find(at, ' '));
		snprintf(path, sizeof(path), "examples/%.*s", STR_ARG(at));
		if (access(path, X_OK) < 0)
			fail_msg("%s is not there", path);
		n++;
	}
	return n;
}

static size_t check_scripts(const struct node *n)
{
	size_t found = check_script(node_text(n));

	if (n->type != NODE_LIST && n->type != NODE_MAP)
		return found;
	for (const struct node *c = node_first(n); c; c = c->next)
		found += check_scripts(c);
	return found;
}

static const struct node *read_yaml(struct arena *a, const char *file)
{
	AUTO_BUF struct buf text = buf_growing(1 << 20);
	const struct node *doc;
	struct err e;
	char *copy;

	if (file_read(file, &text, &e) < 0)
		fail_msg("%s", e.text);
	copy = arena_copy(a, buf_view(&text));
	if (yaml_parse((struct str){copy, text.n}, a, &doc, &e) < 0)
		fail_msg("%s: %s", file, e.text);
	return doc;
}

static void github_calls_scripts_that_are_there(void **state)
{
	AUTO_ARENA struct arena a = arena_make(1 << 22);
	const struct node *doc = read_yaml(&a, "examples/github/keelson.yml");

	(void)state;
	assert_int_equal(check_scripts(doc), 5);
	assert_non_null(node_path(doc, "on", "schedule", NULL));
	assert_non_null(node_path(doc, "jobs", "update", "steps", NULL));
}

static void gitlab_calls_scripts_that_are_there(void **state)
{
	AUTO_ARENA struct arena a = arena_make(1 << 22);
	const struct node *doc =
		read_yaml(&a, "examples/gitlab/keelson.gitlab-ci.yml");
	const struct node *stages = node_get(doc, "stages");

	(void)state;
	assert_int_equal(check_scripts(doc), 5);
	assert_int_equal(stages->count, 5);
	for (const struct node *c = node_first(doc); c; c = c->next) {
		struct str stage = node_text(node_get(c, "stage"));
		bool is_known = stage.n == 0;

		for (const struct node *s = node_first(stages); s; s = s->next)
			is_known = is_known || str_eq(node_text(s), stage);
		if (!is_known)
			fail_msg("no stage %.*s", STR_ARG(stage));
	}
}

/* Does some text below the node have one of these words in it? */
static bool says(const struct node *n, const char *const *words)
{
	struct str text = node_text(n);

	for (size_t i = 0; words[i] && text.n > 0; i++)
		if (memmem(text.p, text.n, words[i], strlen(words[i])))
			return true;
	if (n->type != NODE_LIST && n->type != NODE_MAP)
		return false;
	for (const struct node *c = node_first(n); c; c = c->next)
		if (says(c, words))
			return true;
	return false;
}

/* Jobs that have a secret run nothing that others wrote. */
static size_t check_secrets(const struct node *jobs)
{
	static const char *const secrets[] = {"secrets.", "github.token",
		"write", "KEELSON_KEY", "PUSH_TOKEN", NULL};
	static const char *const builds[] = {"make", "keelson record",
		"keelson build", "build.sh", "reproduce.sh", "update.sh", NULL};
	size_t n = 0;

	for (const struct node *c = node_first(jobs); c; c = c->next) {
		if (!says(c, secrets))
			continue;
		n++;
		if (says(c, builds))
			fail_msg("%.*s builds and has a secret",
				STR_ARG(c->key));
	}
	return n;
}

static void jobs_with_a_secret_build_nothing(void **state)
{
	AUTO_ARENA struct arena a = arena_make(1 << 22);
	const struct node *github =
		read_yaml(&a, "examples/github/keelson.yml");
	const struct node *gitlab =
		read_yaml(&a, "examples/gitlab/keelson.gitlab-ci.yml");
	const struct node *jobs = node_get(github, "jobs");

	(void)state;
	assert_int_equal(check_secrets(jobs), 2);
	assert_int_equal(check_secrets(gitlab), 2);
	/* a checkout leaves its token behind unless told otherwise */
	for (const struct node *j = node_first(jobs); j; j = j->next) {
		const struct node *checkout = node_first(node_get(j, "steps"));
		bool keeps = node_truth(node_path(checkout, "with",
						"persist-credentials", NULL),
			true);

		assert_int_equal(keeps, str_is(j->key, "propose"));
	}
	/* what is not scoped every job has */
	assert_non_null(node_path(gitlab, "sign", "environment", "name", NULL));
	assert_non_null(
		node_path(gitlab, "propose", "environment", "name", NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(github_calls_scripts_that_are_there),
		cmocka_unit_test(gitlab_calls_scripts_that_are_there),
		cmocka_unit_test(jobs_with_a_secret_build_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
