/*
 * CRIU as an enemy: it sends what it likes on the streamer's socket, and
 * writes, keeps and closes its pipes in any order.
 *
 * The input is a play, one line of it an action byte and its argument:
 *
 *	'r' N BYTES   send N bytes as they are
 *	'd'           send one byte that carries a pipe
 *	'D'           send one byte that carries a file, which is no pipe
 *	'i' N NAME    ask for an image of this name, with a pipe
 *	'a'           a stream of our own begins, a pipe of changed files
 *	'w' P N       write N * 64 bytes to the P-th open pipe
 *	'c' P         close it
 *
 * Whatever the play: every descriptor is given back, and an archive is well
 * formed unless the capture said that it failed.
 */
#include "checkpoint-agent/dump/capture.h"
#include "checkpoint-agent/dump/test/send_fd.h"
#include "checkpoint-agent/tar/members.h"
#include "checkpoint-agent/tar/tarfile_read.h"
#include "lib/base/fd.h"
#include "lib/base/pb.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define PIPES_MAX  200
#define STEPS_SOME 3    /* between two actions */
#define STEPS_ALL  4096 /* until all is read */
#define BLOCK      64
#define FIRST_FREE 3 /* descriptor */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct {
	struct str rest;
	int sock;
	int pipe[PIPES_MAX]; /* ends to write to */
	size_t n;
} play;

static struct capture capture;
static struct loop loop;
static struct tarball archive;
static struct flow_file file;
static int dir;
static char dir_path[64];

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void nothing(void *context)
{
	(void)context;
}

/* ---- the play ----------------------------------------------------------- */

static unsigned char next_byte(void)
{
	unsigned char c = play.rest.n ? (unsigned char)play.rest.p[0] : 0;

	play.rest = str_sub(play.rest, 1, play.rest.n);
	return c;
}

static struct str next_bytes(void)
{
	size_t n = next_byte();
	struct str s = str_sub(play.rest, 0, n);

	play.rest = str_sub(play.rest, n, play.rest.n);
	return s;
}

/* The end to read from, or -1; the other one is in play.pipe. */
static int open_pipe(void)
{
	int ends[2];

	if (play.n == PIPES_MAX)
		return -1;
	require(pipe2(ends, O_CLOEXEC) == 0);
	require(fcntl(ends[1], F_SETFL, O_NONBLOCK) == 0);
	play.pipe[play.n++] = ends[1];
	return ends[0];
}

static void send_pipe(void)
{
	int fd = open_pipe();

	if (fd < 0)
		return;
	(void)!send_fd(play.sock, fd, MSG_DONTWAIT | MSG_NOSIGNAL);
	close(fd);
}

static void send_bytes(struct str s)
{
	(void)!send(play.sock, s.p, s.n, MSG_DONTWAIT | MSG_NOSIGNAL);
}

static void send_image(struct str name)
{
	char room[512];
	struct buf b = buf_fixed(room, sizeof(room));
	uint32_t n;

	buf_put(&b, "\0\0\0\0", 4);
	pb_bytes(&b, 1, name);
	n = (uint32_t)b.n - 4;
	memcpy(room, &n, 4);
	send_bytes(buf_view(&b));
	send_pipe();
}

static void add_ours(void)
{
	struct err e = {0};
	int fd = open_pipe();

	if (fd >= 0 && capture_add(&capture, MEMBER_CHANGES, fd, &e) < 0)
		require(e.text[0] != '\0');
}

static void write_some(void)
{
	static const char room[255 * BLOCK];
	size_t which = next_byte(), n = next_byte() * (size_t)BLOCK;

	if (play.n > 0)
		(void)!write(play.pipe[which % play.n], room, n);
}

static void close_one(void)
{
	size_t which = next_byte();

	if (play.n == 0)
		return;
	which %= play.n;
	close(play.pipe[which]);
	play.pipe[which] = play.pipe[--play.n];
}

static void act(void)
{
	switch (next_byte()) {
	case 'r':
		send_bytes(next_bytes());
		break;
	case 'd':
		send_pipe();
		break;
	case 'D':
		(void)!send_fd(play.sock, dir, MSG_DONTWAIT | MSG_NOSIGNAL);
		break;
	case 'i':
		send_image(next_bytes());
		break;
	case 'a':
		add_ours();
		break;
	case 'w':
		write_some();
		break;
	case 'c':
		close_one();
		break;
	default:
		break;
	}
}

/* ---- the stage ---------------------------------------------------------- */

static bool is_done(void)
{
	return capture.merge.has_failed || capture_is_done(&capture);
}

static void take_steps(int n)
{
	struct err e;

	for (int i = 0; i < n && !is_done(); i++)
		require(loop_step(&loop, 0, &e) == 0);
}

static void connect_streamer(void)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};

	play.sock = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	snprintf(a.sun_path, sizeof(a.sun_path), "%s/%s", dir_path,
		STREAMER_SOCKET);
	require(connect(play.sock, (struct sockaddr *)&a, sizeof(a)) == 0);
}

static void set_stage(unsigned char how)
{
	struct err e = {0};

	memset(&capture, 0, sizeof(capture));
	flow_file_start(&file, memfd_create("archive", MFD_CLOEXEC));
	tarball_start(&archive, &file.flow, 1700000000);
	require(loop_open(&loop, &e) == 0);
	capture.merge.loop = &loop;
	capture.merge.to = &archive;
	capture.merge.changed = nothing;
	capture.merge.added_ended = nothing;
	capture.merge.is_secret = how & 1;
	capture.is_plain = how & 2;
	capture.images = how & 4 ? MEMBER_PREDUMP : MEMBER_IMAGES;
	capture.keep_dir = -1;
	capture.dir = dir;
	require(capture_start(&capture, dir, &e) == 0);
	connect_streamer();
}

/* All members can be read again. */
static void check_archive(int fd)
{
	struct tarfile_entry entry;
	struct tarfile_reader *r;
	struct err e = {0};
	int more;

	require(tarball_end(&archive, &e) == 0);
	require(lseek(fd, 0, SEEK_SET) == 0);
	require(tarfile_read_open(&r, fd, &e) == 0);
	while ((more = tarfile_read_next(r, &entry, &e)) == 1)
		require(str_has_prefix(
				str_of(entry.path), STR(MEMBER_IMAGES)) ||
			strcmp(entry.path, MEMBER_CHANGES) == 0);
	require(more == 0);
	tarfile_read_close(r);
}

static void strike_stage(void)
{
	while (play.n > 0)
		close(play.pipe[--play.n]);
	close(play.sock);
	take_steps(STEPS_ALL);
	if (capture.merge.has_failed)
		require(capture.merge.why.text[0] != '\0');
	else if (capture_is_done(&capture))
		check_archive(file.fd);
	capture_stop(&capture);
	loop_close(&loop);
	flow_file_stop(&file);
	close(file.fd);
}

static int next_fd(void)
{
	int fd = dup(dir);

	close(fd);
	return fd;
}

static void prepare(void)
{
	if (dir > 0)
		return;
	signal(SIGPIPE, SIG_IGN);
	snprintf(dir_path, sizeof(dir_path), "/tmp/fuzz_capture.XXXXXX");
	require(mkdtemp(dir_path) != NULL);
	dir = open(dir_path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	require(dir >= FIRST_FREE);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int fd;

	prepare();
	fd = next_fd();
	play.rest = (struct str){(const char *)data, size};
	set_stage(next_byte());
	while (play.rest.n > 0) {
		act();
		take_steps(STEPS_SOME);
	}
	strike_stage();
	require(next_fd() == fd);
	return 0;
}
