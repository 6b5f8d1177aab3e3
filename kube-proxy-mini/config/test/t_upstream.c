/*
 * t_upstream - no option of kube-proxy is silently ignored.
 *
 * golden/upstream-options lists every flag and every field of upstream with a
 * value for it.  One that is supported must change what was read; any other
 * must be named in a warning; and docs/kube-proxy-mini.md must say which.
 */
#include "kube-proxy-mini/config/options.h"
#include "lib/base/args_words.h"
#include "lib/base/fd.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define GOLDEN    "kube-proxy-mini/config/test/golden/upstream-options"
#define DOCUMENT  "docs/kube-proxy-mini.md"
#define BYTES_MAX (1u << 20)

static struct buf list, document, warned;
static struct arena memory;

/* A line of the list. */
struct line {
	struct str what, name, becomes, sample;
};

static bool next_line(struct str *text, struct line *out)
{
	struct str s;

	while (str_cut(text, '\n', &s)) {
		if (s.n == 0 || s.p[0] == '#')
			continue;
		str_cut(&s, ' ', &out->what);
		s = str_trim(s);
		str_cut(&s, ' ', &out->name);
		s = str_trim(s);
		str_cut(&s, ' ', &out->becomes);
		out->sample = str_trim(s);
		return true;
	}
	return false;
}

static int set_up(void **state)
{
	(void)state;
	list = buf_growing(BYTES_MAX);
	document = buf_growing(BYTES_MAX);
	return file_read(GOLDEN, &list, NULL) < 0 ||
	       file_read(DOCUMENT, &document, NULL) < 0;
}

static int tear_down(void **state)
{
	(void)state;
	buf_free(&list);
	buf_free(&document);
	buf_free(&warned);
	arena_free(&memory);
	return 0;
}

static void note_name(const char *name)
{
	buf_text(&warned, name);
	buf_byte(&warned, ' ');
}

static const struct args_command command = {
	.name = "kube-proxy-mini",
	.options = options_table,
};

/* Fails the test with the line and what it should have been. */
static void expect(bool is_so, const struct line *l, const char *said)
{
	if (!is_so)
		fail_msg("%.*s %.*s should be %.*s: %s", STR_ARG(l->what),
			STR_ARG(l->name), STR_ARG(l->becomes), said);
}

static void check(const struct line *l, bool has_changed)
{
	struct str names = str_trim(buf_view(&warned));

	if (str_is(l->becomes, "warned")) {
		expect(str_eq(names, l->name), l, "no warning");
		expect(!has_changed, l, "it changes something");
	} else {
		expect(names.n == 0, l, "there is a warning");
		expect(has_changed, l, "it changes nothing");
	}
}

static void try_flag(const struct line *l)
{
	char word[256];
	struct buf b = buf_fixed(word, sizeof(word));
	char program[] = "kube-proxy-mini";
	char *argv[] = {program, word, NULL};
	const char *words[2];
	struct args_operands operands = {.item = words};
	struct options before;
	struct err e = {0};

	options_reset();
	before = options;
	for (const struct args_option *o = options_table; o->name; o++)
		if (o->was_given != NULL)
			*o->was_given = false;
	buf_fmt(&b, "--%.*s=%.*s", STR_ARG(l->name), STR_ARG(l->sample));
	buf_cstr(&b);
	if (args_parse(&command, 2, argv, &operands, &e) < 0)
		fail_msg("%s", e.text);
	buf_reset(&warned);
	options_each_without_effect(note_name);
	check(l, memcmp(&before, &options, sizeof(options)) != 0);
}

static void try_field(const struct line *l)
{
	char room[1024];
	struct buf b = buf_fixed(room, sizeof(room));
	struct config_flags before = config_defaults(), now = before;
	struct str name = l->name, section;
	struct err e = {0};

	buf_text(&b, "apiVersion: kubeproxy.config.k8s.io/v1alpha1\n"
		     "kind: KubeProxyConfiguration\n");
	if (str_find(name, '.') < name.n) {
		str_cut(&name, '.', &section);
		buf_fmt(&b, "%.*s:\n  ", STR_ARG(section));
	}
	buf_fmt(&b, "%.*s: %.*s\n", STR_ARG(name), STR_ARG(l->sample));
	arena_free(&memory);
	memory = arena_make(BYTES_MAX);
	buf_reset(&warned);
	if (configfile_parse(buf_view(&b), &memory, &now, note_name, &e) < 0)
		fail_msg("%.*s: %s", STR_ARG(l->name), e.text);
	now.tree = NULL; /* it is shown, and changes nothing */
	check(l, memcmp(&before, &now, sizeof(now)) != 0);
}

static void everything_is_supported_or_warned_about(void **state)
{
	struct str text = buf_view(&list);
	struct line l;
	size_t n = 0;

	(void)state;
	warned = buf_growing(BYTES_MAX);
	for (; next_line(&text, &l); n++)
		if (str_is(l.what, "flag"))
			try_flag(&l);
		else
			try_field(&l);
	assert_true(n > 100);
}

/* Is `name` in a table row that says the same? */
static bool is_documented(const struct line *l)
{
	struct str text = buf_view(&document), row;
	char wanted[128];
	struct buf b = buf_fixed(wanted, sizeof(wanted));

	buf_fmt(&b, "`%s%.*s`", str_is(l->what, "flag") ? "--" : "",
		STR_ARG(l->name));
	buf_cstr(&b);
	while (str_cut(&text, '\n', &row)) {
		const char *at = memmem(row.p, row.n, wanted, b.n);

		if (row.n > 0 && row.p[0] == '|' && at != NULL)
			return memmem(row.p, row.n, l->becomes.p,
				       l->becomes.n) != NULL;
	}
	return false;
}

static void everything_is_documented(void **state)
{
	struct str text = buf_view(&list);
	struct line l;

	(void)state;
	while (next_line(&text, &l))
		expect(is_documented(&l), &l, "the document says otherwise");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(everything_is_supported_or_warned_about),
		cmocka_unit_test(everything_is_documented),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
