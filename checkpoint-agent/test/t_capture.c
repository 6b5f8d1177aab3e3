/*
 * Streams into an archive: names and pipes over the real socket, the archive
 * read back by libarchive.  One test plays CRIU with several page pipes open
 * at once, writing to them in turn.
 */
#include "checkpoint-agent/capture.h"
#include "checkpoint-agent/outfile.h"
#include "checkpoint-agent/pack.h"
#include "checkpoint-agent/pb.h"
#include "lib/base/fd.h"

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
static struct archive archive;
static struct flow_file file;
static struct capture capture;
static int keep_dir = -1; /* as a pre-dump has one */

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
	unlinkat(dir, CAPTURE_SOCKET, 0);
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
		CAPTURE_SOCKET);
	if (connect(fd, (struct sockaddr *)&a, sizeof(a)) < 0)
		_exit(2);
	return fd;
}

static void send_pipe(int sock, int fd)
{
	char byte = 0;
	union {
		struct cmsghdr align;
		char room[CMSG_SPACE(sizeof(int))];
	} control = {0};
	struct iovec v = {&byte, 1};
	struct msghdr m = {.msg_iov = &v,
		.msg_iovlen = 1,
		.msg_control = control.room,
		.msg_controllen = sizeof(control.room)};
	struct cmsghdr *h = CMSG_FIRSTHDR(&m);

	h->cmsg_level = SOL_SOCKET;
	h->cmsg_type = SCM_RIGHTS;
	h->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(h), &fd, sizeof(fd));
	if (sendmsg(sock, &m, 0) != 1)
		_exit(3);
}

/* What CRIU does to open an image; the writing end. */
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
	send_pipe(sock, pipes[0]);
	close(pipes[0]);
	return pipes[1];
}

static void put(int fd, char c, size_t n)
{
	char room[4096];

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
	if (capture.has_failed || capture_is_done(&capture))
		loop_stop(&loop);
}

/* Capture what `play` sends from a child into an archive. */
static void run(void (*play)(int sock), struct outfile *out)
{
	struct err e = {0};
	pid_t pid;

	memset(&capture, 0, sizeof(capture));
	capture.changed = on_changed;
	capture.images = keep_dir < 0 ? CAPTURE_IMAGES : CAPTURE_PREDUMP;
	capture.keep_dir = keep_dir;
	assert_int_equal(outfile_open(out, dir, "t", &e), 0);
	flow_file_start(&file, out->fd);
	archive_start(&archive, &file.flow, 1700000000);
	assert_int_equal(loop_open(&loop, &e), 0);
	assert_int_equal(
		capture_start(&capture, &loop, &archive, dir, dir, false, &e),
		0);
	pid = fork();
	if (pid == 0) {
		int sock = connect_streamer();

		play(sock);
		_exit(0);
	}
	assert_int_equal(loop_run(&loop, &e), 0);
	if (capture.has_failed)
		print_message("# %s\n", capture.why.text);
	capture_stop(&capture);
	loop_close(&loop);
	waitpid(pid, NULL, 0);
	unlinkat(dir, CAPTURE_SOCKET, 0);
}

static void finish(struct outfile *out)
{
	struct err e = {0};

	assert_int_equal(archive_end(&archive, &e), 0);
	assert_int_equal(outfile_link(out, "a.tar", &e), 0);
	assert_int_equal(outfile_finish(out, &e), 0);
}

/* The size of a member all of whose bytes are c; -1 otherwise. */
static long long member_of(const char *name, char c)
{
	int fd = openat(dir, "a.tar", O_RDONLY);
	struct pack_reader *r;
	struct pack_entry entry;
	long long found = -1;
	char room[4096];
	long n;

	assert_int_equal(pack_read_open(&r, fd, NULL), 0);
	while (pack_read_next(r, &entry, NULL) == 1) {
		if (strcmp(entry.path, name) != 0)
			continue;
		found = (long long)entry.size;
		while ((n = pack_read_bytes(r, room, sizeof(room), NULL)) > 0)
			for (long i = 0; i < n; i++)
				if (room[i] != c)
					found = -1;
	}
	pack_read_close(r);
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
	struct outfile out;

	(void)state;
	run(play_one_after_the_other, &out);
	assert_false(capture.has_failed && capture.why.text[0]);
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
	struct outfile out;

	(void)state;
	keep_dir = dir;
	run(play_predump, &out);
	keep_dir = -1;
	assert_false(capture.why.text[0] != '\0');
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
	struct outfile out;

	(void)state;
	keep_dir = dir;
	run(play_the_same_twice, &out);
	keep_dir = -1;
	assert_non_null(strstr(capture.why.text, "keep inventory.img"));
	outfile_drop(&out);
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
	struct outfile out;

	(void)state;
	run(play_all_at_once, &out);
	assert_false(capture.why.text[0] != '\0');
	finish(&out);
	assert_int_equal(
		member_of("checkpoint/pages-1.img", 'a'), 64 * 40000 + BIG);
	assert_int_equal(member_of("checkpoint/pages-2.img", 'b'), 64 * 50000);
	assert_int_equal(member_of("checkpoint/pages-3.img", 'c'), 64);
	assert_int_equal(member_of("checkpoint/files.img", 'l'), 64 * 3000);
}

static void play_a_bad_name(int sock)
{
	image(sock, "../../etc/passwd", 'x', 1);
}

static void names_that_leave_are_refused(void **state)
{
	struct outfile out;

	(void)state;
	run(play_a_bad_name, &out);
	assert_true(capture.has_failed);
	assert_non_null(strstr(capture.why.text, "file name"));
	outfile_drop(&out);
	assert_int_equal(faccessat(dir, "a.tar", F_OK, 0), -1);
}

static void play_a_torn_request(int sock)
{
	if (write(sock, "\x20\0\0\0half", 8) != 8)
		_exit(6);
}

static void torn_requests_are_failures(void **state)
{
	struct outfile out;

	(void)state;
	run(play_a_torn_request, &out);
	assert_true(capture.has_failed);
	outfile_drop(&out);
}

/* ---- the file itself ---------------------------------------------------- */

static void a_header_is_filled_in_later(void **state)
{
	static char whole[8192];
	struct buf b = buf_fixed(whole, sizeof(whole));
	struct outfile out;
	struct err e = {0};

	(void)state;
	assert_int_equal(outfile_open(&out, dir, "t", &e), 0);
	flow_file_start(&file, out.fd);
	archive_start(&archive, &file.flow, 1700000000);
	assert_int_equal(archive_open(&archive, "one", &e), 0);
	assert_int_equal(archive_open(&archive, "two", &e), -1);
	assert_int_equal(archive_put(&archive, "hello", 5, &e), 0);
	assert_int_equal(archive_close(&archive, &e), 0);
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
	struct outfile first, second;
	struct err e = {0};

	(void)state;
	assert_int_equal(outfile_open(&first, dir, "t", &e), 0);
	assert_int_equal(fd_write(first.fd, "1", 1, &e), 0);
	assert_int_equal(outfile_link(&first, "a.tar", &e), 0);
	assert_int_equal(outfile_finish(&first, &e), 0);
	assert_int_equal(outfile_open(&second, dir, "t", &e), 0);
	assert_int_equal(outfile_link(&second, "a.tar", &e), -1);
	assert_int_equal(e.kind, ERR_BUSY);
	outfile_drop(&second);
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
