/*
 * failed_log - keep CRIU's log of a dump that failed.
 *
 * It is kept beside the archives as failed-ID.log, mode 0600, one for each
 * container.  It is removed by the container's next successful dump, or when
 * another log is kept and it is older than a day.
 */
#ifndef CHECKPOINT_AGENT_DUMP_FAILED_LOG_H
#define CHECKPOINT_AGENT_DUMP_FAILED_LOG_H

#include "lib/base/buf.h"

/*
 * Move the log out of the work directory and append its new path.  If that
 * fails nothing is appended, and there is no error.
 * @dir   directory of archives
 * @work  work directory
 * @id    of the container
 */
void failed_log_keep(int dir, int work, const char *id, struct buf *path);

/* Remove the log of this container, after a successful dump. */
void failed_log_drop(int dir, const char *id);

#endif
