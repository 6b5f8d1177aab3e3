/*
 * difference - in what two images of one name differ, for people: files, and
 * of programs the sections.
 */
#ifndef KEELSON_IMAGES_READ_DIFFERENCE_H
#define KEELSON_IMAGES_READ_DIFFERENCE_H

#include "images/read/listing.h"
#include "images/read/view.h"

struct difference {
	struct view *ours, *theirs;
	struct arena *arena; /* for the names of files */
	struct buf *said;    /* a line for each file is appended */
	size_t n;            /* files that differ, counted; begin with 0 */
	/* Called for each file that both have with other content; may be
	   NULL.  It may append to `said`. 0 or -1. */
	int (*on_content)(void *context, const struct listed *ours,
		const struct listed *theirs, struct err *e);
	void *context;
};

/*
 * Append what differs, with four blanks before each line.  0, or -1: a layer
 * cannot be read.
 */
int difference_say(struct difference *d, struct err *e);

#endif
