"""The engine: takes a case's saved state and an act, gives back a `Step`.

The only room that knows SpiffWorkflow. It has no database and no web, reads no clock and
asks nobody but the `Host` it is handed; so every act can be executed again from the trail.
"""
