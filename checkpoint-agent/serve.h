/*
 * serve - the server: prepares what needs root, then becomes two processes.
 */
#ifndef CHECKPOINT_AGENT_SERVE_H
#define CHECKPOINT_AGENT_SERVE_H

#include "lib/base/args.h"

extern const struct args_command serve_command;

#endif
