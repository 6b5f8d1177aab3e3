/*
 * choice - which image of a layout is meant, where it has one for each of
 * several platforms.
 */
#ifndef KEELSON_IMAGES_READ_CHOICE_H
#define KEELSON_IMAGES_READ_CHOICE_H

#include "images/read/entries.h"

struct choice {
	const char *platform; /* "linux/arm64", "linux/arm64/v8", "arm64"; NULL:
				 the only one */
	bool is_by_number;    /* or this one, from 0 on */
	size_t number;
};

/*
 * The entry of that image, and how many images there are; unless it is by
 * number, they must be those of one index.  NULL: -1, with the platforms that
 * are there.
 */
const struct entry *choice_find(const struct entries *entries,
	const struct choice *choice, size_t *n_images, struct err *e);

/* Is the configuration for the platform that is asked for? 0 or -1. */
int choice_check(
	const struct choice *choice, const struct node *config, struct err *e);

#endif
