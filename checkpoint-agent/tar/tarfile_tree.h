/*
 * tarfile_tree - write a directory and all that it holds into a tar file.
 */
#ifndef CHECKPOINT_AGENT_TAR_TARFILE_TREE_H
#define CHECKPOINT_AGENT_TAR_TARFILE_TREE_H

#include "checkpoint-agent/tar/tarfile_write.h"

/*
 * Write everything below `dir` to `out`, "." first.  Other file systems that
 * are mounted there, and sockets, are left out.  It changes the working
 * directory.  0 or -1.
 */
int tarfile_tree(int dir, int out, enum tarfile_zip zip, struct err *e);

#endif
