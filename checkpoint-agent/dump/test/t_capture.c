/*
 * Names and pipes are sent over the real socket, and libarchive reads the
 * archive. One test plays CRIU: it has several page pipes open at once and
 * writes to them in turn.
 */
#include "checkpoint-agent/dump/capture.h"
#include "checkpoint-agent/dump/test/send_fd.h"
#include "checkpoint-agent/store/new_file.h"
#include "checkpoint-agent/tar/members.h"
#include "checkpoint-agent/tar/tarfile_read.h"
#include "lib/base/fd.h"
#include "lib/base/pb.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define BIG (3u << 20)

static char dir_path[64];
static int dir = -1;
static struct loop loop;
static struct tarball archive;
static struct flow_file file;
static struct capture capture;
static int keep_dir = -1; /* as a pre-dump has one */
static bool is_plain, is_secret;
static int changes = -1; /* a pipe of changed files, which `run` adds */
static bool changes_are_read;

static int set_up(void **state)
{
	(void)state;
	snprintf(dir_path, sizeof(dir_path), "/tmp/t_capture.XXXXXX");
	if (!mkdtemp(dir_path))
		return -1;
	dir = open(dir_path, O_RDONLY | O_DIRECTORY);
	return dir < 0 ? -1 : 0;
}

static int tear_down(void **state)
{
	(void)state;
	unlinkat(dir, STREAMER_SOCKET, 0);
	unlinkat(dir, "a.tar", 0);
	close(dir);
	return rmdir(dir_path);
}

/* ---- the other side ----------------------------------------------------- */

static int connect_streamer(void)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(a.sun_path, sizeof(a.sun_path), "%s/%s", dir_path,
		STREAMER_SOCKET);
	if (connect(fd, (struct sockaddr *)&a, sizeof(a)) < 0)
		_exit(2);
	return fd;
}

/* Open an image as CRIU does; the result is the end to write to. */
static int open_image(int sock, const char *name)
{
	char room[256];
	struct buf b = buf_fixed(room, sizeof(room));
	int pipes[2];
	uint32_t n;

	buf_put(&b, "\0\0\0\0", 4);
	pb_text(&b, 1, name);
	n = (uint32_t)b.n - 4;
	memcpy(room, &n, 4); /* little endian, as CRIU's machines are */
	if (write(sock, b.p, b.n) != (ssize_t)b.n || pipe(pipes) < 0)
		_exit(4);
	if (send_fd(sock, pipes[0], 0) != 1)
		_exit(3);
	close(pipes[0]);
	return pipes[1];
}

static void put(int fd, char c, size_t n)
{
	static char room[4096];

	memset(room, c, sizeof(room));
	while (n) {
		size_t now = n < sizeof(room) ? n : sizeof(room);

		if (fd_write(fd, room, now, NULL) < 0)
			_exit(5);
		n -= now;
	}
}

static void image(int sock, const char *name, char c, size_t n)
{
	int fd = open_image(sock, name);

	put(fd, c, n);
	close(fd);
}

/* ---- our side ----------------------------------------------------------- */

static void on_changed(void *context)
{
	(void)context;
	if (capture.merge.has_failed || capture_is_done(&capture))
		loop_stop(&loop);
}

static void on_added_ended(void *context)
{
	(void)context;
	changes_are_read = true;
}

/* Capture what `play` sends from a child into an archive. */
static void run(void (*play)(int sock), struct new_file *out)
{
	struct err e = {0};
	pid_t pid;

	memset(&capture, 0, sizeof(capture));
	capture.merge.changed = on_changed;
	capture.images = keep_dir < 0 ? MEMBER_IMAGES : MEMBER_PREDUMP;
	capture.keep_dir = keep_dir;
	assert_int_equal(new_file_open(out, dir, "t", &e), 0);
	flow_file_start(&file, out->fd);
	tarball_start(&archive, &file.flow, 1700000000);
	assert_int_equal(loop_open(&loop, &e), 0);
	capture.merge.loop = &loop;
	capture.merge.to = &archive;
	capture.dir = dir;
	capture.is_plain = is_plain;
	capture.merge.is_secret = is_secret;
	capture.merge.added_ended = on_added_ended;
	assert_int_equal(capture_start(&capture, dir, &e), 0);
	if (changes >= 0)
		assert_int_equal(
			capture_add(&capture, MEMBER_CHANGES, changes, &e), 0);
	pid = fork();
	if (pid == 0) {
		int sock = connect_streamer();

		play(sock);
		_exit(0);
	}
	assert_int_equal(loop_run(&loop, &e), 0);
	if (capture.merge.has_failed)
		print_message("# %s\n", capture.merge.why.text);
	capture_stop(&capture);
	loop_close(&loop);
	waitpid(pid, NULL, 0);
	unlinkat(dir, STREAMER_SOCKET, 0);
}

static void finish(struct new_file *out)
{
	struct err e = {0};

	assert_int_equal(tarball_end(&archive, &e), 0);
	assert_int_equal(new_file_link(out, "a.tar", &e), 0);
	assert_int_equal(new_file_finish(out, &e), 0);
}

/* The size of a member all of whose bytes are c; -1 otherwise. */
static long long member_of(const char *name, char c)
{
	int fd = openat(dir, "a.tar", O_RDONLY);
	struct tarfile_reader *r;
	struct tarfile_entry entry;
	long long found = -1;
	char room[4096];
	long n;

	assert_int_equal(tarfile_read_open(&r, fd, NULL), 0);
	while (tarfile_read_next(r, &entry, NULL) == 1) {
		if (strcmp(entry.path, name) != 0)
			continue;
		found = (long long)entry.size;
		while ((n = tarfile_read_bytes(r, room, sizeof(room), NULL)) >
			0)
			for (long i = 0; i < n; i++)
				if (room[i] != c)
					found = -1;
	}
	tarfile_read_close(r);
	close(fd);
	return found;
}

/* ---- plays -------------------------------------------------------------- */

static void play_one_after_the_other(int sock)
{
	image(sock, "core-1.img", 'c', 700);
	image(sock, "pages-1.img", 'p', BIG);
	image(sock, "empty.img", 'e', 0);
	image(sock, "files.img", 'f', 512);
}

static void all_images_arrive(void **state)
{
	struct new_file out;

	(void)state;
	run(play_one_after_the_other, &out);
	assert_false(capture.merge.has_failed && capture.merge.why.text[0]);
	finish(&out);
	assert_int_equal(member_of("checkpoint/core-1.img", 'c'), 700);
	assert_int_equal(member_of("checkpoint/pages-1.img", 'p'), BIG);
	assert_int_equal(member_of("checkpoint/empty.img", 'e'), 0);
	assert_int_equal(member_of("checkpoint/files.img", 'f'), 512);
}

static void play_predump(int sock)
{
	int map = open_image(sock, "pagemap-1.img");

	image(sock, "pages-1.img", 'p', BIG);
	put(map, 'm', BIG / 4); /* more than waits in memory */
	close(map);
	image(sock, "inventory.img", 'i', 19);
	image(sock, "pagemap-shmem-7.img", 's', 0);
}

static long long size_of(const char *name)
{
	struct stat st;

	return fstatat(dir, name, &st, 0) < 0 ? -1 : (long long)st.st_size;
}

static void what_the_next_dump_needs_is_kept(void **state)
{
	struct new_file out;

	(void)state;
	keep_dir = dir;
	run(play_predump, &out);
	keep_dir = -1;
	assert_false(capture.merge.why.text[0] != '\0');
	finish(&out);
	assert_int_equal(member_of("checkpoint/parent/pages-1.img", 'p'), BIG);
	assert_int_equal(
		member_of("checkpoint/parent/pagemap-1.img", 'm'), BIG / 4);
	assert_int_equal(member_of("checkpoint/parent/inventory.img", 'i'), 19);
	assert_int_equal(size_of("pages-1.img"), -1);
	assert_int_equal(size_of("pagemap-1.img"), BIG / 4);
	assert_int_equal(size_of("inventory.img"), 19);
	assert_int_equal(size_of("pagemap-shmem-7.img"), 0);
	unlinkat(dir, "pagemap-1.img", 0);
	unlinkat(dir, "inventory.img", 0);
	unlinkat(dir, "pagemap-shmem-7.img", 0);
}

static void play_the_same_twice(int sock)
{
	image(sock, "inventory.img", 'i', 19);
	image(sock, "inventory.img", 'i', 19);
}

static void nothing_is_kept_twice(void **state)
{
	struct new_file out;

	(void)state;
	keep_dir = dir;
	run(play_the_same_twice, &out);
	keep_dir = -1;
	assert_non_null(strstr(capture.merge.why.text, "keep inventory.img"));
	new_file_drop(&out);
	unlinkat(dir, "inventory.img", 0);
}

static void play_all_at_once(int sock)
{
	int a = open_image(sock, "pages-1.img");
	int log = open_image(sock, "files.img");
	int b = open_image(sock, "pages-2.img");
	int c = open_image(sock, "pages-3.img");

	for (int i = 0; i < 64; i++) {
		put(b, 'b', 50000);
		put(log, 'l', 3000);
		put(a, 'a', 40000);
		put(c, 'c', 1);
	}
	close(c);
	close(b);
	put(a, 'a', BIG);
	close(a);
	close(log);
}

static void several_page_pipes_may_be_open(void **state)
{
	struct new_file out;

	(void)state;
	run(play_all_at_once, &out);
	assert_false(capture.merge.why.text[0] != '\0');
	finish(&out);
	assert_int_equal(
		member_of("checkpoint/pages-1.img", 'a'), 64 * 40000 + BIG);
	assert_int_equal(member_of("checkpoint/pages-2.img", 'b'), 64 * 50000);
	assert_int_equal(member_of("checkpoint/pages-3.img", 'c'), 64);
	assert_int_equal(member_of("checkpoint/files.img", 'l'), 64 * 3000);
}

/* A process that writes changed files in pieces, as the reader of a tree. */
static pid_t write_changes(size_t pieces)
{
	int pipes[2];
	pid_t pid;

	assert_int_equal(pipe(pipes), 0);
	pid = fork();
	if (pid == 0) {
		close(pipes[0]);
		for (size_t i = 0; i < pieces; i++)
			put(pipes[1], 'd', 70000);
		_exit(0);
	}
	close(pipes[1]);
	changes = pipes[0];
	changes_are_read = false;
	return pid;
}

/* Pages come before, between and after the changed files. */
static void capture_with_changes(size_t pieces)
{
	struct new_file out;
	pid_t pid = write_changes(pieces);

	run(play_all_at_once, &out);
	changes = -1;
	waitpid(pid, NULL, 0);
	assert_false(capture.merge.why.text[0] != '\0');
	assert_true(changes_are_read);
	finish(&out);
	assert_int_equal(member_of(MEMBER_CHANGES, 'd'),
		pieces ? (long long)pieces * 70000 : -1);
	assert_int_equal(
		member_of("checkpoint/pages-1.img", 'a'), 64 * 40000 + BIG);
	assert_int_equal(member_of("checkpoint/pages-2.img", 'b'), 64 * 50000);
	assert_int_equal(member_of("checkpoint/pages-3.img", 'c'), 64);
	assert_int_equal(member_of("checkpoint/files.img", 'l'), 64 * 3000);
	unlinkat(dir, "a.tar", 0);
}

static void changed_files_come_beside_pages(void **state)
{
	static const size_t pieces[] = {0, 1, 40, 400};

	(void)state;
	for (size_t i = 0; i < sizeof(pieces) / sizeof(*pieces); i++) {
		is_plain = true;
		capture_with_changes(pieces[i]);
		is_plain = false;
		capture_with_changes(pieces[i]);
		is_secret = true;
		capture_with_changes(pieces[i]);
		is_secret = false;
	}
}

/* Memory holds so much of them and no more. */
static void many_changed_files_are_added_as_they_come(void **state)
{
	(void)state;
	is_secret = true;
	capture_with_changes((MERGE_MEMORY_MAX + (64u << 20)) / 70000);
	is_secret = false;
}

static void play_a_bad_name(int sock)
{
	image(sock, "../../etc/passwd", 'x', 1);
}

static void names_that_leave_are_refused(void **state)
{
	struct new_file out;

	(void)state;
	run(play_a_bad_name, &out);
	assert_true(capture.merge.has_failed);
	assert_non_null(strstr(capture.merge.why.text, "file name"));
	new_file_drop(&out);
	assert_int_equal(faccessat(dir, "a.tar", F_OK, 0), -1);
}

static void play_a_torn_request(int sock)
{
	if (write(sock, "\x20\0\0\0half", 8) != 8)
		_exit(6);
}

static void torn_requests_are_failures(void **state)
{
	struct new_file out;

	(void)state;
	run(play_a_torn_request, &out);
	assert_true(capture.merge.has_failed);
	new_file_drop(&out);
}

/* ---- the file itself ---------------------------------------------------- */

static void a_header_is_filled_in_later(void **state)
{
	static char whole[8192];
	struct buf b = buf_fixed(whole, sizeof(whole));
	struct new_file out;
	struct err e = {0};

	(void)state;
	assert_int_equal(new_file_open(&out, dir, "t", &e), 0);
	flow_file_start(&file, out.fd);
	tarball_start(&archive, &file.flow, 1700000000);
	assert_int_equal(tarball_open(&archive, "one", &e), 0);
	assert_int_equal(tarball_open(&archive, "two", &e), -1);
	assert_int_equal(tarball_put(&archive, "hello", 5, &e), 0);
	assert_int_equal(tarball_close(&archive, &e), 0);
	finish(&out);
	assert_int_equal(file_read_at(dir, "a.tar", &b, &e), 0);
	assert_int_equal(b.n, 512 + 512 + 1024);
	assert_memory_equal(whole, "one\0", 4);
	assert_memory_equal(whole + 100,
		"0000600\0"
		"0000000\0"
		"0000000\0"
		"00000000005\0"
		"14524770400\0",
		48);
	assert_memory_equal(whole + 512, "hello\0", 6);
}

static void a_name_that_is_taken_stays_as_it_is(void **state)
{
	struct new_file first, second;
	struct err e = {0};

	(void)state;
	assert_int_equal(new_file_open(&first, dir, "t", &e), 0);
	assert_int_equal(fd_write(first.fd, "1", 1, &e), 0);
	assert_int_equal(new_file_link(&first, "a.tar", &e), 0);
	assert_int_equal(new_file_finish(&first, &e), 0);
	assert_int_equal(new_file_open(&second, dir, "t", &e), 0);
	assert_int_equal(new_file_link(&second, "a.tar", &e), -1);
	assert_int_equal(e.kind, ERR_BUSY);
	new_file_drop(&second);
	assert_int_equal(faccessat(dir, "a.tar", F_OK, 0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			all_images_arrive, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			what_the_next_dump_needs_is_kept, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			nothing_is_kept_twice, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			several_page_pipes_may_be_open, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			changed_files_come_beside_pages, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			many_changed_files_are_added_as_they_come, set_up,
			tear_down),
		cmocka_unit_test_setup_teardown(
			names_that_leave_are_refused, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			torn_requests_are_failures, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_header_is_filled_in_later, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_name_that_is_taken_stays_as_it_is, set_up, tear_down),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
