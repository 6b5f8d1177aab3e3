/*
 * recover - undo what a dump that died has left behind.
 *
 * A CRIU whose client has died finds its pipes and socket closed, repairs the
 * processes that it stopped, and ends.  Recovery first gives it time to do
 * that, kills it if it does not end, and thaws the freezer last.
 */
#ifndef CHECKPOINT_AGENT_DUMP_RECOVER_H
#define CHECKPOINT_AGENT_DUMP_RECOVER_H

#include "lib/base/err.h"

#define RECOVER_PREFIX ".work-" /* of every work directory's name */

/*
 * Undo what the journal of this work directory says.  0 or -1: the freezer
 * does not thaw.  A journal of an earlier boot, a damaged one, and one that
 * names a freezer outside of every cgroup file system are logged and obeyed in
 * nothing.
 */
int recover_undo(int fd, const char *name, struct err *e);

/* Remove the files in this work directory, which has no folders but "lib". */
void recover_remove_files(int fd);

/* Remove the work directory `name` of dir, open as fd. */
int recover_remove(int dir, const char *name, int fd, struct err *e);

/*
 * Recover and remove every work directory in dir that is not locked.  What
 * another user made is left alone.  0, or -1 with the first failure.
 */
int recover_all(int dir, struct err *e);

#endif
