/*
 * hardening: real programs, each made here by the host's compiler with one
 * defect, must be refused for that defect; a good one must pass.  A defect
 * that a linker can't be talked into is put into the good one by hand.
 */
#include "lib/arc/hardening.h"
#include "lib/base/fd.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <elf.h>

#define PROGRAM_MAX  ((size_t)8 << 20)
#define HARD_COMPILE "-x c -Os -fPIE -fcf-protection=full "
#define HARD_LINK                                                              \
	"-nostdlib -static-pie -Wl,-z,relro,-z,now,-z,noexecstack,-z,text "    \
	"-Wl,--build-id=none "
#define SOURCE                                                                 \
	"const char *volatile where = PLACE;\n"                                \
	"void _start(void) { for (;;) where++; }\n"

static char dir[] = "/tmp/t_hardening.XXXXXX";

static int make_dir(void **state)
{
	(void)state;
	return mkdtemp(dir) == NULL ? -1 : 0;
}

static int remove_dir(void **state)
{
	char command[128];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf %s", dir);
	return system(command);
}

/* Compile SOURCE (PLACE defined by options) into *out. */
static void build(const char *options, struct buf *out)
{
	char path[128], command[1024];
	struct err e = {0};
	FILE *f;

	snprintf(path, sizeof(path), "%s/p", dir);
	snprintf(command, sizeof(command),
		"gcc -DPLACE='\"x\"' %s -o %s - 2>%s/log", options, path, dir);
	f = popen(command, "w");
	assert_non_null(f);
	fputs(SOURCE, f);
	if (pclose(f) != 0)
		fail_msg("%s", command);
	*out = buf_growing(PROGRAM_MAX);
	assert_int_equal(file_read(path, out, &e), 0);
}

/* The number of defects; their lines are left in text[2048]. */
static int look(
	struct str program, const struct hardening_rules *rules, char *text)
{
	struct buf report = buf_fixed(text, 2047);
	struct err e = {0};
	int defects = hardening_check(program, "p", rules, &report, &e);

	assert_false(report.full);
	text[report.n] = '\0';
	return defects;
}

/* A program built so must be refused in words that hold `because`. */
static void refuse(const char *options, const char *because)
{
	const struct hardening_rules rules = {0};
	AUTO_BUF struct buf program = {0};
	char text[2048];

	build(options, &program);
	assert_true(look(buf_view(&program), &rules, text) > 0);
	if (strstr(text, because) == NULL)
		fail_msg(
			"%s: does not say \"%s\":\n%s", options, because, text);
}

/* This must be its only defect. */
static void refuse_alone(const char *options, const char *because)
{
	const struct hardening_rules rules = {0};
	AUTO_BUF struct buf program = {0};
	char text[2048];

	refuse(options, because);
	build(options, &program);
	assert_int_equal(look(buf_view(&program), &rules, text), 1);
}

static void test_good_one_passes(void **state)
{
	const struct hardening_rules rules = {.need_cet = false};
	AUTO_BUF struct buf program = {0};
	char text[2048];

	(void)state;
	build(HARD_COMPILE HARD_LINK, &program);
	if (look(buf_view(&program), &rules, text) != 0)
		fail_msg("%s", text);
}

static void test_linker_made_defects(void **state)
{
	(void)state;
	refuse("-x c -nostartfiles -pie -fPIE",
		"PT_INTERP is /lib64/ld-linux-x86-64.so.2");
	refuse("-x c -nostartfiles -pie -fPIE -Wl,--no-as-needed",
		"DT_NEEDED is libc.so.6");
	refuse("-x c -nostartfiles -pie -fPIE", "binds lazily");
	refuse("-x c -nostdlib -static", "e_type is 2, not ET_DYN");
	refuse("-x c -nostdlib -shared -fPIC -Wl,-soname,libp.so",
		"DT_SONAME is libp.so");
	refuse("-x c -nostdlib -shared -fPIC", "without DF_1_PIE");
	refuse("-x c -nostartfiles -pie -fPIE -Wl,-rpath,/opt",
		"DT_RUNPATH is /opt");
	refuse("-x c -nostartfiles -pie -fPIE -Wl,-rpath,/opt,"
	       "--disable-new-dtags",
		"DT_RPATH is /opt");
}

static void test_one_defect_each(void **state)
{
	(void)state;
	refuse_alone(HARD_COMPILE HARD_LINK "-Wl,-z,execstack",
		"PT_GNU_STACK has PF_X");
	refuse_alone(
		HARD_COMPILE HARD_LINK "-Wl,-z,norelro", "no PT_GNU_RELRO");
	refuse_alone(HARD_COMPILE HARD_LINK "-Wl,-z,lazy", "binds lazily");
	refuse_alone("-x c -Os -fno-pie " HARD_LINK
		     "-mcmodel=large -Wl,-z,notext",
		"TEXTREL");
	refuse_alone(HARD_COMPILE HARD_LINK "-Wl,-e,where",
		"does not start in its code");
}

static void test_build_paths(void **state)
{
	const struct str paths[] = {STR(""), STR("/srv/me/keelson")};
	const struct hardening_rules rules = {.paths = paths, .n_paths = 2};
	AUTO_BUF struct buf program = {0};
	char text[2048];

	(void)state;
	refuse_alone(HARD_COMPILE HARD_LINK "-DPLACE='\"/home/me/x.c\"'",
		"\"/home/me/x.c\"");
	refuse_alone(
		HARD_COMPILE HARD_LINK "-DPLACE='\"/tmp/cc1.s\"'", "/tmp/cc");
	build(HARD_COMPILE HARD_LINK "-DPLACE='\"in /srv/me/keelson/a.c\"'",
		&program);
	assert_int_equal(look(buf_view(&program), &rules, text), 1);
	assert_non_null(strstr(text, "\"in /srv/me/keelson/a.c\""));
}

/* Change one field of the good program's segments and look at it. */
static void test_defects_by_hand(void **state)
{
	const struct hardening_rules rules = {0};
	AUTO_BUF struct buf program = {0};
	Elf64_Phdr *segment;
	Elf64_Ehdr *head;
	char text[2048];

	(void)state;
	build(HARD_COMPILE HARD_LINK, &program);
	head = (Elf64_Ehdr *)(void *)program.p;
	segment = (Elf64_Phdr *)(void *)(program.p + head->e_phoff);
	for (unsigned i = 0; i < head->e_phnum; i++) {
		uint32_t kept = segment[i].p_type;

		if (kept == PT_GNU_STACK) {
			segment[i].p_type = PT_NULL;
			assert_int_equal(
				1, look(buf_view(&program), &rules, text));
			assert_non_null(strstr(text, "no PT_GNU_STACK"));
		} else if (kept == PT_LOAD) {
			segment[i].p_flags |= PF_W | PF_X;
			assert_true(
				look(buf_view(&program), &rules, text) >= 1);
			assert_non_null(strstr(text, "writable and exec"));
			segment[i].p_flags &= ~(uint32_t)PF_W;
		}
		segment[i].p_type = kept;
	}
	head->e_machine = EM_386;
	assert_true(look(buf_view(&program), &rules, text) >= 1);
	assert_non_null(strstr(text, "e_machine is 3"));
}

static void test_control_flow_marks(void **state)
{
	const struct hardening_rules cet = {.need_cet = true}, lax = {0};
	AUTO_BUF struct buf marked = {0};
	AUTO_BUF struct buf bare = {0};
	char text[2048];

	(void)state;
	build(HARD_COMPILE HARD_LINK, &marked);
	assert_int_equal(look(buf_view(&marked), &cet, text), 0);
	build("-x c -Os -fPIE -fcf-protection=none " HARD_LINK, &bare);
	assert_int_equal(look(buf_view(&bare), &lax, text), 0);
	assert_non_null(strstr(text, "note: p: is not marked"));
	assert_int_equal(look(buf_view(&bare), &cet, text), 1);
}

/* What each check found, and nothing of what another one did. */
static void test_findings_by_check(void **state)
{
	const struct hardening_rules rules = {.need_cet = true};
	struct hardening_finding found[HARDENING_CHECKS];
	char text[2048];
	struct buf report = buf_fixed(text, sizeof(text));
	AUTO_BUF struct buf program = {0};
	struct err e = {0};
	int defects = 0;

	(void)state;
	build("-x c -Os -fPIE -fcf-protection=none " HARD_LINK
	      "-Wl,-z,execstack",
		&program);
	assert_int_equal(
		hardening_list(buf_view(&program), &rules, found, &report, &e),
		0);
	for (size_t i = 0; i < HARDENING_CHECKS; i++) {
		defects += found[i].defects;
		assert_int_equal(found[i].defects > 0, found[i].lines.n > 0);
		if (strstr(found[i].what, "CET"))
			assert_int_equal(
				found[i].defects, found[i].is_optional ? 1 : 0);
		if (!strcmp(found[i].what, "Stack is not executable"))
			assert_true(str_eq(found[i].lines,
				STR(": has an executable stack (PT_GNU_STACK "
				    "has PF_X)\n")));
	}
	assert_int_equal(defects, 2);
	assert_int_equal(
		hardening_list(STR("#!"), &rules, found, &report, &e), -1);
}

static void test_no_elf_at_all(void **state)
{
	const struct hardening_rules rules = {0};
	struct err e = {0};
	struct buf none = buf_fixed(NULL, 0);

	(void)state;
	assert_int_equal(
		hardening_check(STR("#!/bin/sh\n"), "p", &rules, &none, &e),
		-1);
	assert_string_equal(e.text, "p: not an ELF file");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good_one_passes),
		cmocka_unit_test(test_linker_made_defects),
		cmocka_unit_test(test_one_defect_each),
		cmocka_unit_test(test_build_paths),
		cmocka_unit_test(test_defects_by_hand),
		cmocka_unit_test(test_control_flow_marks),
		cmocka_unit_test(test_findings_by_check),
		cmocka_unit_test(test_no_elf_at_all),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
