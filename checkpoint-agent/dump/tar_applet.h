/*
 * tar_applet - the `tar` that CRIU runs for every tmpfs of a container.
 *
 * CRIU finds `tar` by PATH and runs it with one fixed set of options.  The
 * agent's container image has no tar, so the agent's program acts as one when
 * it is called by that name.
 */
#ifndef CHECKPOINT_AGENT_DUMP_TAR_APPLET_H
#define CHECKPOINT_AGENT_DUMP_TAR_APPLET_H

/* main() when argv[0] is "tar". Returns the exit code. */
int tar_applet_main(int argc, char **argv);

#endif
