"""Run by alembic with the connection that bot.consult.schema holds, inside its transaction."""

from alembic import context

from bot.consult.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    transactional_ddl=True,  # SQLite can, though alembic assumes that it cannot
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
