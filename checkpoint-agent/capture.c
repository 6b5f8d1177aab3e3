/*
 * capture - see capture.h.
 *
 * The request for an image is a 32-bit length, a protobuf with the name, and
 * one byte that carries the descriptor (SCM_RIGHTS).  It is received piece by
 * piece and never beyond itself, so the descriptor is always met where it
 * belongs.
 *
 * The name comes from CRIU, a program that has just read the memory of an
 * untrusted container: it is taken only as a plain file name.
 */
#include "checkpoint-agent/capture.h"

#include "checkpoint-agent/criumsg.h"
#include "lib/base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define LENGTH_BYTES 4
#define PIPE_BYTES   1048576 /* fewer turns for pages; refused is fine */

/* Images that are opened, written and closed in one go. */
static const char *const bulk[] = {"pages-", "tmpfs-", "ghost-file-"};

/* What a dump looks for in the one before it: what is there, and since when. */
static const char *const kept[] = {"pagemap-", "inventory.img"};

static void fail(struct capture *c, const struct err *e)
{
	if (!c->has_failed)
		c->why = *e;
	c->has_failed = true;
	c->changed(c->context);
}

/* The image's own name; of a member that is no image of CRIU's it is empty. */
static struct str image_name(const struct capture *c, const char *member)
{
	struct str s = str_of(member), dir = str_of(c->images);

	if (!str_has_prefix(s, dir) || s.n == dir.n || s.p[dir.n] != '/')
		return (struct str){0};
	return str_sub(s, dir.n + 1, s.n);
}

static bool begins_like(struct str name, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_has_prefix(name, str_of(list[i])))
			return true;
	return false;
}

static bool is_bulk(struct str name)
{
	return begins_like(name, bulk, sizeof(bulk) / sizeof(*bulk));
}

static bool is_kept(const struct capture *c, struct str name)
{
	return c->keep_dir >= 0 &&
	       begins_like(name, kept, sizeof(kept) / sizeof(*kept));
}

/* ---- streams ------------------------------------------------------------ */

static void release(struct capture_stream *s)
{
	struct capture *c = s->owner;

	if (s->watch.fd >= 0)
		loop_fd_remove(c->loop, &s->watch);
	fd_close(&s->watch.fd);
	buf_free(&s->bytes);
	spill_close(&s->spill);
	s->state = CAPTURE_FREE;
	c->open_count--;
}

static bool is_empty(const struct capture_stream *s)
{
	return s->bytes.n == 0 && s->spill.size == 0;
}

/* What was gathered so far, as the beginning of the open member. */
static int pour(struct capture_stream *s, struct err *e)
{
	struct archive *to = s->owner->to;

	if (s->spill.fd >= 0 && spill_pour(&s->spill, to, e) < 0)
		return -1;
	if (archive_put(to, s->bytes.p, s->bytes.n, e) < 0)
		return -1;
	buf_free(&s->bytes);
	return 0;
}

static int begin_flow(struct capture_stream *s, struct err *e)
{
	struct capture *c = s->owner;

	if (archive_open(c->to, s->name, e) < 0)
		return -1;
	c->flowing = s;
	s->state = CAPTURE_FLOWS;
	return pour(s, e);
}

/* A complete stream, when no member is open. */
static int add_whole(struct capture_stream *s, struct err *e)
{
	struct archive *to = s->owner->to;

	if (is_empty(s) && s->is_left_out)
		return 0;
	if (s->spill.fd < 0)
		return archive_add(to, s->name, buf_view(&s->bytes), e);
	if (archive_open(to, s->name, e) < 0 || pour(s, e) < 0)
		return -1;
	return archive_close(to, e);
}

static int add_waiting(struct capture *c, struct err *e)
{
	for (size_t i = 0; i < CAPTURE_STREAMS_MAX && !c->flowing; i++) {
		struct capture_stream *s = &c->streams[i];

		if (s->state != CAPTURE_WAITS)
			continue;
		if (add_whole(s, e) < 0)
			return err_at(e, "%s", s->name);
		release(s);
	}
	return 0;
}

static int end_stream(struct capture_stream *s, struct err *e)
{
	struct capture *c = s->owner;

	s->is_at_end = true;
	loop_fd_remove(c->loop, &s->watch);
	fd_close(&s->watch.fd);
	if (s->state == CAPTURE_FLOWS) {
		c->flowing = NULL;
		if (archive_close(c->to, e) < 0)
			return -1;
		release(s);
	} else {
		s->state = CAPTURE_WAITS;
	}
	if (add_waiting(c, e) < 0)
		return -1;
	c->changed(c->context);
	return 0;
}

/* Into memory. *got 0 at the end; spills when memory is full. */
static int gather(struct capture_stream *s, size_t *got, struct err *e)
{
	size_t room = CAPTURE_BUFFER_BYTES - s->bytes.n;
	char *at = buf_room(&s->bytes, room);
	ssize_t n;

	if (!at)
		return err_kind(e, ERR_LIMIT, "out of memory");
	do
		n = read(s->watch.fd, at, room);
	while (n < 0 && errno == EINTR);
	s->bytes.n -= room - (n > 0 ? (size_t)n : 0);
	if (n < 0)
		return err_sys(e, "read image");
	*got = (size_t)n;
	return 0;
}

static int spill_over(struct capture_stream *s, struct err *e)
{
	if (spill_open(&s->spill, s->owner->dir, s->owner->is_secret, e) < 0)
		return -1;
	if (spill_put(&s->spill, buf_view(&s->bytes), e) < 0)
		return -1;
	buf_free(&s->bytes);
	return 0;
}

static bool has_data(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};

	return poll(&p, 1, 0) == 1;
}

static int keep(struct capture_stream *s, size_t *got, struct err *e)
{
	if (s->spill.fd < 0 && s->bytes.n == CAPTURE_BUFFER_BYTES &&
		spill_over(s, e) < 0)
		return -1;
	if (s->spill.fd >= 0)
		return spill_take(&s->spill, s->watch.fd, got, e);
	return gather(s, got, e);
}

static int advance(struct capture_stream *s, struct err *e)
{
	struct capture *c = s->owner;
	size_t got = 0;

	if (s->is_bulk && !c->flowing && begin_flow(s, e) < 0)
		return -1;
	/* bulk waits for bulk while that moves; it is spilled only when not */
	if (s->is_bulk && c->flowing != s && has_data(c->flowing->watch.fd))
		return 0;
	if (s->state == CAPTURE_FLOWS) {
		if (archive_take(c->to, s->watch.fd, &got, e) < 0)
			return -1;
	} else if (keep(s, &got, e) < 0) {
		return err_at(e, "%s", s->name);
	}
	return got ? 0 : end_stream(s, e);
}

static void on_stream(void *context, uint32_t events)
{
	struct capture_stream *s = context;
	struct err e = {0};

	(void)events;
	if (s->state == CAPTURE_FREE || s->owner->has_failed)
		return;
	if (advance(s, &e) < 0)
		fail(s->owner, &e);
}

static struct capture_stream *find_free(struct capture *c)
{
	for (size_t i = 0; i < CAPTURE_STREAMS_MAX; i++)
		if (c->streams[i].state == CAPTURE_FREE)
			return &c->streams[i];
	return NULL;
}

static int watch_stream(struct capture_stream *s, int fd, struct err *e)
{
	s->watch = (struct loop_fd){
		.fd = fd, .events = EPOLLIN, .ready = on_stream, .context = s};
	if (s->is_bulk)
		fcntl(fd, F_SETPIPE_SZ, PIPE_BYTES);
	return loop_fd_add(s->owner->loop, &s->watch, e);
}

int capture_add(struct capture *c, const char *name, int fd, bool leave_out,
	struct err *e)
{
	struct str image = image_name(c, name);
	struct capture_stream *s = find_free(c);
	AUTO_FD int taken = fd;

	if (!s)
		return err_kind(e, ERR_LIMIT, "%s: more than %d images at once",
			name, CAPTURE_STREAMS_MAX);
	*s = (struct capture_stream){.owner = c,
		.is_bulk = is_bulk(image),
		.is_left_out = leave_out,
		.bytes = buf_growing(CAPTURE_BUFFER_BYTES),
		.spill = {.fd = -1}};
	snprintf(s->name, sizeof(s->name), "%s", name);
	if (is_kept(c, image) &&
		spill_keep(&s->spill, c->keep_dir, image.p, e) < 0)
		return -1;
	if (watch_stream(s, fd, e) < 0) {
		spill_close(&s->spill);
		return -1;
	}
	s->state = CAPTURE_GATHERS;
	c->open_count++;
	fd_take(&taken);
	return 0;
}

/* ---- the socket --------------------------------------------------------- */

static void await_length(struct capture *c)
{
	c->has_length = false;
	c->have = 0;
	c->want = LENGTH_BYTES;
}

static int take_descriptor(struct msghdr *m, int *fd)
{
	struct cmsghdr *h = CMSG_FIRSTHDR(m);

	if (!h || h->cmsg_level != SOL_SOCKET || h->cmsg_type != SCM_RIGHTS ||
		h->cmsg_len != CMSG_LEN(sizeof(int)))
		return -1;
	memcpy(fd, CMSG_DATA(h), sizeof(int));
	return 0;
}

/* The byte behind a whole message, and the pipe with it. */
static int receive_pipe(struct capture *c, struct err *e)
{
	struct str name;
	char member[ARCHIVE_NAME_BYTES + 1], byte;
	union {
		struct cmsghdr align;
		char room[CMSG_SPACE(sizeof(int))];
	} control;
	struct iovec v = {&byte, 1};
	struct msghdr m = {.msg_iov = &v,
		.msg_iovlen = 1,
		.msg_control = control.room,
		.msg_controllen = sizeof(control.room)};
	int fd;

	if (recvmsg(c->peer.fd, &m, MSG_CMSG_CLOEXEC) != 1 ||
		take_descriptor(&m, &fd) < 0)
		return err_set(e, "image streamer: no pipe came");
	if (criumsg_parse_image((struct str){c->message, c->have}, &name, e) <
		0) {
		close(fd);
		return -1;
	}
	snprintf(member, sizeof(member), "%s/%.*s", c->images, STR_ARG(name));
	await_length(c);
	return capture_add(c, member, fd, false, e);
}

static int take_length(struct capture *c, struct err *e)
{
	const unsigned char *u = (const unsigned char *)c->message;
	uint32_t n = (uint32_t)u[0] | (uint32_t)u[1] << 8 |
		     (uint32_t)u[2] << 16 | (uint32_t)u[3] << 24;

	if (n == 0 || n > sizeof(c->message))
		return err_kind(
			e, ERR_INPUT, "image streamer: message of %u bytes", n);
	c->has_length = true;
	c->have = 0;
	c->want = n;
	return 0;
}

static void end_peer(struct capture *c)
{
	loop_fd_remove(c->loop, &c->peer);
	fd_close(&c->peer.fd);
	c->has_peer_ended = true;
	c->changed(c->context);
}

static int receive(struct capture *c, struct err *e)
{
	ssize_t n;

	if (c->has_length && c->have == c->want)
		return receive_pipe(c, e);
	n = recv(c->peer.fd, c->message + c->have, c->want - c->have, 0);
	if (n < 0)
		return errno == EINTR ? 0 : err_sys(e, "image streamer");
	if (n == 0 && (c->has_length || c->have))
		return err_set(e, "image streamer: cut off");
	if (n == 0) {
		end_peer(c);
		return 0;
	}
	c->have += (size_t)n;
	if (!c->has_length && c->have == c->want)
		return take_length(c, e);
	return 0;
}

static void on_peer(void *context, uint32_t events)
{
	struct capture *c = context;
	struct err e = {0};

	(void)events;
	if (!c->has_failed && receive(c, &e) < 0)
		fail(c, &e);
}

static void on_listener(void *context, uint32_t events)
{
	struct capture *c = context;
	struct err e = {0};
	int fd = accept4(c->listener.fd, NULL, NULL, SOCK_CLOEXEC);

	(void)events;
	if (fd < 0)
		return;
	/* CRIU connects once; nobody else may afterwards */
	loop_fd_remove(c->loop, &c->listener);
	fd_close(&c->listener.fd);
	c->peer = (struct loop_fd){
		.fd = fd, .events = EPOLLIN, .ready = on_peer, .context = c};
	await_length(c);
	if (loop_fd_add(c->loop, &c->peer, &e) < 0)
		fail(c, &e);
}

static int listen_at(int at, struct err *e)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	AUTO_FD int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(a.sun_path, sizeof(a.sun_path), "/proc/self/fd/%d/%s", at,
		CAPTURE_SOCKET);
	unlinkat(at, CAPTURE_SOCKET, 0); /* that of a run before this one */
	if (fd < 0 || bind(fd, (struct sockaddr *)&a, sizeof(a)) < 0 ||
		listen(fd, 1) < 0)
		return err_sys(e, "image stream socket");
	return fd_take(&fd);
}

int capture_start(struct capture *c, struct loop *loop, struct archive *to,
	int at, int dir, bool is_secret, struct err *e)
{
	c->loop = loop;
	c->to = to;
	c->dir = dir;
	c->is_secret = is_secret;
	c->peer.fd = -1;
	c->listener = (struct loop_fd){.fd = listen_at(at, e),
		.events = EPOLLIN,
		.ready = on_listener,
		.context = c};
	if (c->listener.fd < 0)
		return -1;
	if (loop_fd_add(loop, &c->listener, e) == 0)
		return 0;
	fd_close(&c->listener.fd);
	return -1;
}

bool capture_is_done(const struct capture *c)
{
	return c->has_peer_ended && c->open_count == 0;
}

bool capture_has_ended(const struct capture *c, const char *name)
{
	for (size_t i = 0; i < CAPTURE_STREAMS_MAX; i++) {
		const struct capture_stream *s = &c->streams[i];

		if (s->state != CAPTURE_FREE && !s->is_at_end &&
			strcmp(s->name, name) == 0)
			return false;
	}
	return true;
}

static void close_watch(struct capture *c, struct loop_fd *w)
{
	if (w->fd >= 0)
		loop_fd_remove(c->loop, w);
	fd_close(&w->fd);
}

void capture_stop(struct capture *c)
{
	c->has_failed = true;
	c->flowing = NULL;
	close_watch(c, &c->listener);
	close_watch(c, &c->peer);
	for (size_t i = 0; i < CAPTURE_STREAMS_MAX; i++)
		if (c->streams[i].state != CAPTURE_FREE)
			release(&c->streams[i]);
}
