/*
 * commands - the subcommands, for main.c's table.
 */
#ifndef CHECKPOINT_AGENT_CMD_COMMANDS_H
#define CHECKPOINT_AGENT_CMD_COMMANDS_H

#include "lib/base/args.h"

/* serve: the server. */
extern const struct args_command command_serve;

/* front and probes: hidden, the processes that serve starts (halves.h). */
extern const struct args_command command_front;
extern const struct args_command command_probes;

/* check: can the node, or a container, be checkpointed? */
extern const struct args_command command_check;

/* dump: one container into one archive, without the server. */
extern const struct args_command command_dump;

/* show: what an archive is. */
extern const struct args_command command_show;

/* inspect: processes, files and mounts in an archive. */
extern const struct args_command command_inspect;

/* diff: what changed between two archives. */
extern const struct args_command command_diff;

/* memsearch: a pattern in dumped memory. */
extern const struct args_command command_memsearch;

/* verify: is an archive complete and unchanged? */
extern const struct args_command command_verify;

/* restore: a container from an archive. */
extern const struct args_command command_restore;

/* to-image: an archive as an OCI image. */
extern const struct args_command command_to_image;

#endif
