/* Where an archive may be unpacked to, and who sees it there. */
#include "checkpoint-agent/restore/place.h"
#include "lib/base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define MIB (UINT64_C(1) << 20)

static void an_encrypted_archive_stays_off_the_disk(void **state)
{
	struct place_facts f = {.room = 5 * MIB, .is_secret = true};
	struct err e = {0};

	(void)state;
	assert_int_equal(place_check_disk(&f, &e), -1);
	assert_int_equal(e.kind, ERR_LIMIT);
	assert_non_null(strstr(e.text, "room for 5 MiB"));
	assert_non_null(strstr(e.text, "--allow-plaintext-on-disk"));
	f.may_be_plain = true;
	assert_int_equal(place_check_disk(&f, &e), 0);
}

static void what_is_spent_cannot_be_read_again(void **state)
{
	struct place_facts f = {.room = 5 * MIB, .is_spent = true};
	struct err e = {0};

	(void)state;
	assert_int_equal(place_check_disk(&f, &e), -1);
	assert_int_equal(e.kind, ERR_LIMIT);
	assert_non_null(strstr(e.text, "give a file"));
	f.is_spent = false;
	assert_int_equal(place_check_disk(&f, &e), 0);
}

/* ---- with the kernel; it takes CAP_SYS_ADMIN ---------------------------- */

static struct place open_or_skip(void)
{
	struct place p;
	struct err e = {0};

	if (place_in_memory(&p, &e) < 0) {
		print_message("# skip: %s\n", e.text);
		skip();
	}
	return p;
}

/* What a process that has entered the place finds there. */
static int look(const struct place *p, const char *at)
{
	AUTO_BUF struct buf b = buf_growing(1000);
	char path[128];
	struct err e = {0};

	if (place_enter(p, at, &e) < 0)
		return 1;
	snprintf(path, sizeof(path), "%s/secret", at);
	if (file_read(path, &b, &e) < 0 || strcmp(buf_cstr(&b), "text") != 0)
		return 4;
	buf_reset(&b);
	snprintf(
		path, sizeof(path), "%s/" PLACE_NAME "/images/" PLACE_LENT, at);
	if (file_read(path, &b, &e) < 0 ||
		strcmp(buf_cstr(&b), "an archive") != 0)
		return 2;
	if (open(path, O_RDWR) >= 0 || errno != EROFS)
		return 3;
	return 0;
}

static void only_who_enters_sees_it(void **state)
{
	char at[] = "/tmp/t_place-XXXXXX", path[128];
	struct place p = open_or_skip();
	AUTO_FD int file = -1, dir = -1;
	struct err e = {0};
	struct stat st;
	int status;
	pid_t pid;

	(void)state;
	assert_non_null(mkdtemp(at));
	snprintf(path, sizeof(path), "%s.file", at);
	assert_int_equal(file_write(path, STR("an archive"), 0600, &e), 0);
	file = open(path, O_RDONLY);
	assert_int_equal(mkdirat(p.dir, "images", 0700), 0);
	assert_int_equal(place_lend(&p, file, "images", &e), 0);
	dir = open(at, O_RDONLY | O_DIRECTORY);
	assert_int_equal(mkdirat(dir, PLACE_NAME, 0700), 0);
	assert_int_equal(place_hide(&p, dir, "secret", STR("text"), &e), 0);
	pid = fork();
	if (pid == 0)
		_exit(look(&p, at));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	place_close(&p);
	/* nothing was mounted here, and nothing is left */
	assert_int_equal(fstatat(dir, "secret", &st, 0), 0);
	assert_int_equal(st.st_size, 0);
	assert_int_equal(unlinkat(dir, "secret", 0), 0);
	assert_int_equal(unlinkat(dir, PLACE_NAME, AT_REMOVEDIR), 0);
	assert_int_equal(rmdir(at), 0);
	snprintf(path, sizeof(path), "%s.file", at);
	unlink(path);
}

/* An archive may bring whatever names it likes. */
static void a_file_in_the_way_is_refused(void **state)
{
	struct place p = open_or_skip();
	AUTO_FD int file = open("/dev/null", O_RDONLY);
	struct err e = {0};

	(void)state;
	assert_int_equal(mkdirat(p.dir, "images", 0700), 0);
	assert_int_equal(
		symlinkat("/etc/passwd", p.dir, "images/" PLACE_LENT), 0);
	assert_int_equal(place_lend(&p, file, "images", &e), -1);
	assert_int_equal(e.kind, ERR_INPUT);
	assert_int_equal(symlinkat("/", p.dir, "link"), 0);
	assert_int_equal(place_lend(&p, file, "link", &e), -1);
	assert_int_equal(e.kind, ERR_INPUT);
	assert_int_equal(place_lend(&p, file, "link/tmp", &e), -1);
	assert_int_equal(e.kind, ERR_INPUT);
	place_close(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_encrypted_archive_stays_off_the_disk),
		cmocka_unit_test(what_is_spent_cannot_be_read_again),
		cmocka_unit_test(only_who_enters_sees_it),
		cmocka_unit_test(a_file_in_the_way_is_refused),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
