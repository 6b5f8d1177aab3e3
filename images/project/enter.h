/*
 * enter - from any directory of a project to its own.
 */
#ifndef KEELSON_IMAGES_PROJECT_ENTER_H
#define KEELSON_IMAGES_PROJECT_ENTER_H

#include "lib/base/err.h"

/*
 * Change to the nearest directory, here or above, with a keelson.yaml. 0, or
 * -1: there is none (ERR_ABSENT).
 */
int project_enter(struct err *e);

#endif
