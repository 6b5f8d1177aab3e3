/*
 * closer - what diffoscope says of a file of two images.
 */
#ifndef KEELSON_IMAGES_REPRODUCE_CLOSER_H
#define KEELSON_IMAGES_REPRODUCE_CLOSER_H

#include "images/read/view.h"

struct closer {
	struct view *first, *second;
	struct str path;  /* in both images */
	const char *work; /* a directory for the two files */
	struct buf *report;
};

/* Append it; that diffoscope is not installed is said, too. 0 or -1. */
int closer_look(const struct closer *c, struct err *e);

#endif
