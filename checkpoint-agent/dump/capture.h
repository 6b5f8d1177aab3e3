/*
 * capture - many streams at once into one archive.
 *
 * CRIU's images arrive through the streamer, and the changed files of the
 * container through pipes of our own (capture_add()).  An image NAME becomes
 * the member "checkpoint/NAME", or "checkpoint/parent/NAME" in a pre-dump.
 */
#ifndef CHECKPOINT_AGENT_DUMP_CAPTURE_H
#define CHECKPOINT_AGENT_DUMP_CAPTURE_H

#include "checkpoint-agent/dump/merge.h"
#include "checkpoint-agent/dump/streamer.h"

struct capture {
	/* set by the caller before capture_start() */
	struct merge merge; /* where streams go; `changed` serves both */
	const char *images; /* directory of CRIU's images in the archive */
	int dir;            /* for files that streams spill to */
	bool is_plain;      /* the archive is a file without layers above */
	int keep_dir; /* gets what the next dump reads of a pre-dump; -1 */
	/* the rest is the capture's own */
	struct streamer streamer;
	bool has_peer_ended;
};

/* Bind the streamer's socket in the directory `at`. 0 or -1. */
int capture_start(struct capture *c, int at, struct err *e);

/*
 * Add a stream of ours, which becomes the member `name` unless it is empty.
 * The descriptor becomes the capture's, also on failure.
 */
int capture_add(struct capture *c, const char *name, int fd, struct err *e);

/* CRIU has closed its connection, and all streams are in the archive. */
bool capture_is_done(const struct capture *c);

/* Close everything, in any state: CRIU finds its pipes broken. */
void capture_stop(struct capture *c);

#endif
