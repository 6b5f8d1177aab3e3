/*
 * commands - the subcommands that people run by hand, for main.c's table.
 */
#ifndef CHECKPOINT_AGENT_COMMANDS_H
#define CHECKPOINT_AGENT_COMMANDS_H

#include "lib/base/args.h"

/* check: can the node, or a container, be checkpointed? */
extern const struct args_command command_check;

/* dump: one container into one archive, without the server. */
extern const struct args_command command_dump;

/* show: what an archive holds. */
extern const struct args_command command_show;

/* verify: is an archive whole and unchanged? */
extern const struct args_command command_verify;

/* restore: a container back from an archive. */
extern const struct args_command command_restore;

/* inspect: processes, files, mounts of an archive. */
extern const struct args_command command_inspect;

/* diff: what changed between two archives. */
extern const struct args_command command_diff;

/* memsearch: a pattern in dumped memory. */
extern const struct args_command command_memsearch;

/* to-image: an archive as an OCI image. */
extern const struct args_command command_to_image;

#endif
