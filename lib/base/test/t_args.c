/* Command lines: what is taken, what is refused and in which words. */
#include "lib/base/args.h"
#include "lib/base/args_text.h"
#include "lib/base/args_words.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define WORDS_MAX 16

static bool loud;
static const char *name = "none";
static struct args_list cidr;
static uint64_t port = 10250;
static uint64_t size;
static uint64_t wait_ms = 2000;
static bool port_given;

static const struct args_option options[] = {
	{"loud", 'l', ARGS_SWITCH, &loud, NULL, "say more", 0, 0, NULL},
	{"name", 0, ARGS_TEXT, &name, "NAME", "whose", 0, 0, NULL},
	{"cidr", 0, ARGS_LIST, &cidr, "NET", "which", 0, 0, NULL},
	{"port", 'p', ARGS_NUMBER, &port, "N", "where", 1, 65535, &port_given},
	{"size", 0, ARGS_SIZE, &size, NULL, "how much", 0, 0, NULL},
	{"wait", 0, ARGS_TIME, &wait_ms, NULL, "how long", 0, 0, NULL},
	{0},
};

static int run_it(size_t n, const char *const *operands)
{
	(void)operands;
	return 10 + (int)n;
}

static const struct args_command commands[] = {
	{"go", "[WHERE]", "go there", NULL, options, 0, 1, NULL, run_it},
	{0},
};

static const struct args_command top = {
	.name = "prog", .summary = "a program", .commands = commands};

static int parse(const char *line, size_t *n, struct err *e)
{
	static char copy[256];
	char *argv[WORDS_MAX] = {NULL};
	const char *list[WORDS_MAX];
	struct args_operands operands = {.item = list};
	int argc = 0, r;

	snprintf(copy, sizeof copy, "go %s", line);
	for (char *w = strtok(copy, " "); w; w = strtok(NULL, " "))
		argv[argc++] = w;
	memset(&cidr, 0, sizeof cidr);
	r = args_parse(&commands[0], argc, argv, &operands, e);
	*n = operands.n;
	return r;
}

/* What strconv.ParseBool takes: deployments are made for Go programs. */
static void switches_are_spelled_as_in_go(void **state)
{
	static const char *const yes[] = {
		"1", "t", "T", "true", "TRUE", "True"};
	static const char *const no[] = {
		"0", "f", "F", "false", "FALSE", "False"};
	char line[64];
	struct err e = {0};
	size_t n;

	(void)state;
	for (size_t i = 0; i < sizeof yes / sizeof *yes; i++) {
		loud = false;
		snprintf(line, sizeof line, "--loud=%s", yes[i]);
		assert_int_equal(parse(line, &n, &e), 0);
		assert_true(loud);
		snprintf(line, sizeof line, "--loud=%s", no[i]);
		assert_int_equal(parse(line, &n, &e), 0);
		assert_false(loud);
	}
	assert_int_equal(parse("--loud=yes", &n, &e), -1);
	assert_non_null(strstr(e.text, "true or false"));
}

static void takes_every_type(void **state)
{
	struct err e = {0};
	size_t n;

	(void)state;
	assert_int_equal(parse("-l --name=x here --cidr a --cidr b -p 80 "
			       "--size 2Mi --wait 1m30s",
				 &n, &e),
		0);
	assert_true(loud && port_given);
	assert_string_equal(name, "x");
	assert_int_equal(cidr.n, 2);
	assert_string_equal(cidr.item[1], "b");
	assert_int_equal(port, 80);
	assert_int_equal(size, 2 << 20);
	assert_int_equal(wait_ms, 90000);
	assert_int_equal(n, 1);
	assert_int_equal(parse("--loud=false", &n, &e), 0);
	assert_false(loud);
	assert_int_equal(parse("-- --loud", &n, &e), 0);
	assert_int_equal(n, 1);
	assert_false(loud);
}

static void refuses_in_plain_words(void **state)
{
	static const struct {
		const char *line;
		const char *says;
	} row[] = {
		{"--nam x", "unknown option --nam; did you mean --name"},
		{"--zzz", "unknown option --zzz (see --help)"},
		{"-x", "unknown option -x"},
		{"--port 0", "--port: 0 is outside 1 to 65535"},
		{"--port x", "--port: \"x\" is not a number"},
		{"--port", "--port needs a value (N)"},
		{"--size 3Q", "is not a size"},
		{"--wait 5", "is not a time"},
		{"--loud=maybe", "is not true or false"},
		{"a b", "unexpected operand \"b\""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		struct err e = {0};
		size_t n;

		assert_int_equal(parse(row[i].line, &n, &e), -1);
		assert_int_equal(e.kind, ERR_USAGE);
		if (!strstr(e.text, row[i].says))
			fail_msg("%s: said \"%s\"", row[i].line, e.text);
	}
}

static void runs_the_command_named(void **state)
{
	char prog[] = "prog";
	char go[] = "go";
	char stay[] = "stay";
	char where[] = "x";

	(void)state;
	assert_int_equal(
		args_main(&top, "1", 3, (char *[]){prog, go, where, NULL}), 11);
	assert_int_equal(args_main(&top, "1", 1, (char *[]){prog, NULL}), 2);
	assert_int_equal(
		args_main(&top, "1", 2, (char *[]){prog, stay, NULL}), 2);
}

static void texts_name_every_option(void **state)
{
	struct buf b = buf_growing(1 << 16);

	(void)state;
	name = "none";
	wait_ms = 2000;
	args_help(&top, &commands[0], &b);
	assert_non_null(strstr(buf_cstr(&b), "usage: prog "));
	for (const struct args_option *o = options; o->name; o++)
		assert_non_null(strstr(buf_cstr(&b), o->name));
	assert_non_null(strstr(buf_cstr(&b), "(default 2s)"));
	buf_reset(&b);
	args_man(&top, "1", &b);
	assert_non_null(strstr(buf_cstr(&b), "\\-\\-port"));
	buf_reset(&b);
	args_completion(&top, &b);
	assert_non_null(strstr(buf_cstr(&b), "complete -o default -F _prog"));
	buf_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(switches_are_spelled_as_in_go),
		cmocka_unit_test(takes_every_type),
		cmocka_unit_test(refuses_in_plain_words),
		cmocka_unit_test(runs_the_command_named),
		cmocka_unit_test(texts_name_every_option),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
