/*
 * capture - many image streams at once into one archive.
 *
 * Serves the socket on which `criu dump --stream` asks where its images go:
 * for each image a name and the reading end of a pipe.  An image becomes the
 * member "checkpoint/NAME", or "checkpoint/parent/NAME" of a pre-dump.  Memory
 * pages and other bulk go straight from
 * their pipe into the archive; small images are gathered in memory; whatever
 * outgrows that while another member is being written is spilled to the disk
 * and added later.  No stream ever waits for another one to end, so CRIU
 * cannot be made to wait for itself.
 */
#ifndef CHECKPOINT_AGENT_CAPTURE_H
#define CHECKPOINT_AGENT_CAPTURE_H

#include "checkpoint-agent/archive.h"
#include "checkpoint-agent/spill.h"
#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/net/loop.h"

#define CAPTURE_SOCKET      "streamer-capture.sock"
#define CAPTURE_IMAGES      "checkpoint"
#define CAPTURE_PREDUMP     "checkpoint/parent" /* where CRIU looks for it */
#define CAPTURE_STREAMS_MAX 128
/* What one stream may hold in memory before it is spilled. */
#define CAPTURE_BUFFER_BYTES 65536u

struct capture;

enum capture_state {
	CAPTURE_FREE,
	CAPTURE_GATHERS, /* into memory, then into the spill file */
	CAPTURE_FLOWS,   /* it is the open member of the archive */
	CAPTURE_WAITS,   /* complete, to be added when no member is open */
};

struct capture_stream {
	struct capture *owner;
	struct loop_fd watch; /* watch.fd is owned */
	enum capture_state state;
	bool is_bulk;     /* may flow */
	bool is_left_out; /* not added when it is empty */
	bool is_at_end;
	struct buf bytes;
	struct spill spill;
	char name[ARCHIVE_NAME_BYTES + 1];
};

struct capture {
	struct loop *loop;
	struct archive *to;
	int dir;        /* for spill files; the caller's */
	bool is_secret; /* spill to memory, not to the disk */
	struct loop_fd listener, peer;
	char message[256]; /* request being received */
	size_t have, want;
	bool has_length;
	struct capture_stream *flowing; /* NULL: no member is open */
	size_t open_count;              /* streams not yet in the archive */
	bool has_peer_ended;
	bool has_failed;
	struct err why;
	/* filled in by the user before capture_start() */
	const char *images; /* directory of CRIU's images in the archive */
	int keep_dir;       /* gets what the next dump reads of this one; -1 */
	/* something ended or failed: look at capture_is_done(), has_failed */
	void (*changed)(void *context);
	void *context;
	struct capture_stream streams[CAPTURE_STREAMS_MAX];
};

/*
 * Bind the socket in the directory `at`; spill files go to `dir`, or to memory
 * when the archive is secret.
 */
int capture_start(struct capture *c, struct loop *loop, struct archive *to,
	int at, int dir, bool is_secret, struct err *e);

/*
 * One more stream, which becomes the member `name`.  The descriptor is taken.
 * leave_out: no member is made of an empty one.
 */
int capture_add(struct capture *c, const char *name, int fd, bool leave_out,
	struct err *e);

/* CRIU has closed its connection and all streams are in the archive. */
bool capture_is_done(const struct capture *c);

/* This stream has come to its end (it may still have to be added). */
bool capture_has_ended(const struct capture *c, const char *name);

/* Close all, whatever its state: CRIU finds its pipes broken. */
void capture_stop(struct capture *c);

#endif
