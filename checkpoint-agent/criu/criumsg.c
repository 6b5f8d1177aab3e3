/*
 * criumsg - encode and decode protobuf messages by hand.
 *
 * Field numbers are those of CRIU's images/rpc.proto, img-streamer.proto and
 * stats.proto.  They never change once they are released, so they are named
 * here and no code is generated.
 */
#include "checkpoint-agent/criu/criumsg.h"

#include "lib/base/pb.h"

/* criu_req and criu_resp */
enum {
	REQ_TYPE = 1,
	REQ_OPTS = 2,
	REQ_NOTIFY_SUCCESS = 3,
	RESP_TYPE = 1,
	RESP_SUCCESS = 2,
	RESP_NOTIFY = 5,
	RESP_ERRMSG = 9,
	NOTIFY_SCRIPT = 1,
};

/* img_streamer_request_entry; stats_entry and dump_stats_entry */
enum {
	IMG_STREAMER_FILENAME = 1,
	STATS_DUMP = 1,
	STATS_FREEZING_US = 1,
	STATS_FROZEN_US = 2,
	STATS_PAGES_SCANNED = 5,
	STATS_PAGES_WRITTEN = 7,
};

/* criu_opts */
enum {
	OPT_IMAGES_DIR_FD = 1,
	OPT_PID = 2,
	OPT_LEAVE_RUNNING = 3,
	OPT_EXT_UNIX_SK = 4,
	OPT_TCP_ESTABLISHED = 5,
	OPT_FILE_LOCKS = 8,
	OPT_LOG_LEVEL = 9,
	OPT_LOG_FILE = 10,
	OPT_NOTIFY_SCRIPTS = 12,
	OPT_PARENT_IMG = 14,
	OPT_TRACK_MEM = 15,
	OPT_WORK_DIR_FD = 17,
	OPT_LINK_REMAP = 18,
	OPT_EXT_MNT = 23,
	OPT_MANAGE_CGROUPS_MODE = 34,
	OPT_GHOST_LIMIT = 35,
	OPT_IRMAP_SCAN_PATHS = 36,
	OPT_EXTERNAL = 37,
	OPT_EMPTY_NS = 38,
	OPT_CGROUP_DUMP_CONTROLLER = 43,
	OPT_FREEZE_CGROUP = 44,
	OPT_TIMEOUT = 45,
	OPT_TCP_SKIP_IN_FLIGHT = 46,
	OPT_ORPHAN_PTS_MASTER = 50,
	OPT_CONFIG_FILE = 51,
	OPT_TCP_CLOSE = 52,
	OPT_NETWORK_LOCK = 64,
	EXT_MNT_KEY = 1,
	EXT_MNT_VAL = 2,
};

#define MANAGE_CGROUPS_SOFT 3
#define NETWORK_LOCK_SKIP   3
#define CLONE_NEWNET_BIT    0x40000000u
#define LOG_LEVEL           3 /* 4, debug, would log every range of pages */

/* Deleted files up to this size are dumped; CRIU's default is 1 MiB. */
#define GHOST_LIMIT_BYTES 0x40000000u

#define MOUNT_BYTES 8448 /* two paths of 4096 and their keys */

static void put_mount(struct buf *b, const struct criu_mount *m)
{
	AUTO_BUF struct buf one = buf_growing(MOUNT_BYTES);

	pb_bytes(&one, EXT_MNT_KEY, m->at);
	pb_bytes(&one, EXT_MNT_VAL, m->name);
	if (one.full)
		b->full = true;
	pb_bytes(b, OPT_EXT_MNT, buf_view(&one));
}

static void put_target(struct buf *b, const struct criu_dump *d)
{
	pb_whole(b, OPT_IMAGES_DIR_FD, (uint64_t)d->images_fd);
	pb_whole(b, OPT_WORK_DIR_FD, (uint64_t)d->work_fd);
	pb_whole(b, OPT_PID, d->pid);
	for (size_t i = 0; i < d->mount_count; i++)
		put_mount(b, &d->mounts[i]);
	for (size_t i = 0; i < d->external_count; i++)
		pb_bytes(b, OPT_EXTERNAL, d->externals[i]);
	for (size_t i = 0; i < d->controller_count; i++)
		pb_bytes(b, OPT_CGROUP_DUMP_CONTROLLER, d->controllers[i]);
	for (size_t i = 0; i < d->watched_count; i++)
		pb_bytes(b, OPT_IRMAP_SCAN_PATHS, d->watched[i]);
	if (d->empties_net)
		pb_whole(b, OPT_EMPTY_NS, CLONE_NEWNET_BIT);
	if (d->freezer)
		pb_text(b, OPT_FREEZE_CGROUP, d->freezer);
}

static void put_manner(struct buf *b, const struct criu_dump *d)
{
	pb_whole(b, OPT_LEAVE_RUNNING, 1);
	pb_whole(b, OPT_NOTIFY_SCRIPTS, 1);
	pb_whole(b, OPT_LOG_LEVEL, LOG_LEVEL);
	pb_text(b, OPT_LOG_FILE, CRIU_LOG_NAME);
	pb_text(b, OPT_CONFIG_FILE, d->config_file);
	pb_whole(b, OPT_EXT_UNIX_SK, 1);
	pb_whole(b, OPT_FILE_LOCKS, 1);
	pb_whole(b, OPT_LINK_REMAP, 1);
	pb_whole(b, OPT_GHOST_LIMIT, GHOST_LIMIT_BYTES);
	pb_whole(b, OPT_ORPHAN_PTS_MASTER, 1);
	pb_whole(b, OPT_MANAGE_CGROUPS_MODE, MANAGE_CGROUPS_SOFT);
	pb_whole(b, OPT_NETWORK_LOCK, NETWORK_LOCK_SKIP);
	pb_whole(b,
		d->options->closes_tcp ? OPT_TCP_CLOSE : OPT_TCP_ESTABLISHED,
		1);
	pb_whole(b, OPT_TCP_SKIP_IN_FLIGHT, 1);
	if (d->timeout_s)
		pb_whole(b, OPT_TIMEOUT, d->timeout_s);
}

/* With TRACK_MEM set CRIU gives up early if the kernel cannot track. */
static void put_tracking(struct buf *b, const struct criu_dump *d)
{
	if (d->is_predump || d->parent)
		pb_whole(b, OPT_TRACK_MEM, 1);
	if (d->parent)
		pb_text(b, OPT_PARENT_IMG, d->parent);
}

void criumsg_put_dump(struct buf *b, const struct criu_dump *d)
{
	AUTO_BUF struct buf opts = buf_growing(1 << 20);

	put_target(&opts, d);
	put_manner(&opts, d);
	put_tracking(&opts, d);
	if (opts.full)
		b->full = true;
	pb_whole(b, REQ_TYPE, d->is_predump ? CRIU_PREDUMP : CRIU_DUMP);
	pb_bytes(b, REQ_OPTS, buf_view(&opts));
}

void criumsg_put_notify(struct buf *b, bool is_good)
{
	pb_whole(b, REQ_TYPE, CRIU_NOTIFY);
	pb_whole(b, REQ_NOTIFY_SUCCESS, is_good);
}

static void take_answer(struct criu_answer *a, const struct pb_field *f)
{
	struct pb_field inner;

	switch (f->number) {
	case RESP_TYPE:
		a->verb = (enum criu_verb)f->whole;
		break;
	case RESP_SUCCESS:
		a->is_good = f->whole != 0;
		break;
	case RESP_ERRMSG:
		a->message = f->bytes;
		break;
	case RESP_NOTIFY:
		if (pb_find(f->bytes, NOTIFY_SCRIPT, &inner))
			a->script = inner.bytes;
		break;
	default: /* of a newer CRIU */
		break;
	}
}

int criumsg_parse_answer(
	struct str packet, struct criu_answer *a, struct err *e)
{
	struct pb_field f;
	int more;

	*a = (struct criu_answer){0};
	while ((more = pb_next(&packet, &f, e)) == 1)
		take_answer(a, &f);
	return more < 0 ? err_at(e, "answer of CRIU") : 0;
}

static bool is_plain_name(struct str s)
{
	if (s.n == 0 || s.n > CRIU_IMAGE_NAME_BYTES)
		return false;
	if (str_is(s, ".") || str_is(s, ".."))
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] <= ' ' || s.p[i] == '/' || s.p[i] == 0x7f)
			return false;
	return true;
}

int criumsg_parse_image(struct str message, struct str *name, struct err *e)
{
	struct pb_field f;
	int more;

	*name = (struct str){0};
	while ((more = pb_next(&message, &f, e)) == 1)
		if (f.number == IMG_STREAMER_FILENAME && f.type == PB_BYTES)
			*name = f.bytes;
	if (more < 0)
		return err_at(e, "image streamer");
	if (!is_plain_name(*name))
		return err_kind(e, ERR_INPUT,
			"image streamer: the name of an image is no plain "
			"file name");
	return 0;
}

/* criu/include/magic.h: two magic numbers, then length and message. */
#define STATS_HEAD_BYTES 12
#define SERVICE_MAGIC    0x55105940u
#define STATS_MAGIC      0x57093306u

static uint32_t read_u32(const char *p)
{
	const unsigned char *u = (const unsigned char *)p;

	return (uint32_t)u[0] | (uint32_t)u[1] << 8 | (uint32_t)u[2] << 16 |
	       (uint32_t)u[3] << 24;
}

static void take_stat(struct criu_stats *s, const struct pb_field *f)
{
	switch (f->number) {
	case STATS_FREEZING_US:
		s->freezing_us = f->whole;
		break;
	case STATS_FROZEN_US:
		s->frozen_us = f->whole;
		break;
	case STATS_PAGES_SCANNED:
		s->pages_scanned = f->whole;
		break;
	case STATS_PAGES_WRITTEN:
		s->pages_written = f->whole;
		break;
	default:
		break;
	}
}

int criumsg_parse_stats(struct str file, struct criu_stats *s, struct err *e)
{
	struct str message;
	struct pb_field f;

	*s = (struct criu_stats){0};
	if (file.n < STATS_HEAD_BYTES || read_u32(file.p) != SERVICE_MAGIC ||
		read_u32(file.p + 4) != STATS_MAGIC)
		return err_kind(
			e, ERR_INPUT, CRIU_STATS_NAME ": not in CRIU's format");
	message = str_sub(file, STATS_HEAD_BYTES, read_u32(file.p + 8));
	if (!pb_find(message, STATS_DUMP, &f) || f.type != PB_BYTES)
		return err_kind(
			e, ERR_INPUT, CRIU_STATS_NAME ": no figures of a dump");
	message = f.bytes;
	while (pb_next(&message, &f, e) == 1)
		take_stat(s, &f);
	return 0;
}

/*
 * "(00.012345)   7: Error (criu/x.c:12): text" -> "text"; empty for any other
 * line.  Lines of CRIU's first process have no process number.
 */
static struct str error_text(struct str line)
{
	const struct str mark = STR("Error (");
	size_t at = str_find(line, ')') + 1;

	while (at < line.n && (line.p[at] == ' ' || line.p[at] == ':' ||
				      (line.p[at] >= '0' && line.p[at] <= '9')))
		at++;
	line = str_sub(line, at, line.n);
	if (!str_has_prefix(line, mark))
		return (struct str){0};
	line = str_sub(line, str_find(line, ')') + 1, line.n);
	if (str_has_prefix(line, STR(":")))
		line = str_sub(line, 1, line.n);
	return str_trim(line);
}

/* Errors that are not the cause of a failure. */
static const char *const unhelpful[] = {
	"Dumping FAILED.", "rlimit: Can't setup RLIMIT_NOFILE for self"};

static bool is_unhelpful(struct str text)
{
	for (size_t i = 0; i < sizeof(unhelpful) / sizeof(*unhelpful); i++)
		if (str_has_prefix(text, str_of(unhelpful[i])))
			return true;
	return false;
}

void criumsg_cause(struct str log, struct buf *out)
{
	struct str line, text;
	struct str before = {0};

	while (str_cut(&log, '\n', &line)) {
		text = error_text(line);
		if (text.n == 0 || is_unhelpful(text) || str_eq(text, before))
			continue;
		if (before.n)
			buf_text(out, "; ");
		buf_str(out, text);
		before = text;
	}
}
