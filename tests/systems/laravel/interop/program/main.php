<?php
// One phase with the real library: migrate, fill, view, work QUEUE. Prints records in JSON lines.

use Illuminate\Queue\Queue;
use Illuminate\Queue\WorkerOptions;

require __DIR__ . '/application.php';

const HOUR = 3600;
const OUTER = '0af7651916cd43dd8448eb211c80319c';
const TRACEPARENT = '00-' . OUTER . '-b7ad6b7169203331-01';

/** The library's own stubs, as its commands fill them. */
function migrate(): void
{
    foreach (['jobs', 'failed_jobs'] as $table) {
        $stub = file_get_contents("/usr/share/php/Illuminate/Queue/Console/stubs/$table.stub");
        $class = str_replace('_', '', ucwords($table, '_'));
        eval(substr(str_replace(['{{table}}', '{{tableClassName}}'], [$table, $class], $stub), strlen('<?php')));
        (new ("Create{$class}Table"))->up();
    }
}

/** Names of what was pushed, by the id that stays when a job is tried again or fails. */
$pushed = [];

function push(string $queue, string $name, string $act = 'return', ?int $tries = null, int $delay = 0, ?string $traced = null): void
{
    global $queues, $pushed;
    $uuid = null;
    Queue::createPayloadUsing(null);
    Queue::createPayloadUsing(function ($connection, $queue, $payload) use (&$uuid, $traced) {
        $uuid = $payload['uuid'];
        return $traced === 'payload' ? ['traceparent' => TRACEPARENT] : [];
    });
    $job = new Work($name, $act, $tries, $traced === 'member' ? TRACEPARENT : null);
    $delay > 0 ? $queues->getConnection()->laterOn($queue, $delay, $job) : $queues->getConnection()->pushOn($queue, $job);
    $pushed[$uuid] = ['made' => $name, 'trace_id' => $traced ? OUTER : null];
}

/** Runs what is due in the queue, each job once. */
function work(string $queue): void
{
    global $queues, $worker;
    while ($queues->getConnection()->size($queue) > 0) {
        $before = due($queue);
        if ($before === 0) return;
        $worker->runNextJob('default', $queue, new WorkerOptions());
    }
}

function due(string $queue): int
{
    global $database;
    return $database->table('jobs')->where('queue', $queue)->whereNull('reserved_at')->where('available_at', '<=', time())->count();
}

/** A worker in a process of its own. */
function start(string $queue)
{
    return proc_open([PHP_BINARY, __FILE__, 'work', $queue], [1 => ['file', '/dev/null', 'w'], 2 => ['file', '/dev/null', 'w']], $pipes);
}

function fill(): void
{
    global $database, $pushed;
    push('runs', 'fails and is tried again', 'fail', 3, traced: 'payload');
    push('runs', 'gives up', 'fail', 1, traced: 'member');
    push('runs', 'succeeds');
    proc_close(start('runs'));
    push('hands', 'in hand', 'hold', traced: 'member');
    $holding = start('hands');
    for ($tries = 0; !$database->table('jobs')->where('queue', 'hands')->value('reserved_at'); ++$tries) {
        if ($tries === 600) throw new RuntimeException('the worker takes nothing');
        usleep(50000);
    }
    proc_terminate($holding, 9);
    proc_close($holding);
    for ($number = 0; $number < 3; ++$number) push('order', "waits, $number");
    push('later', 'later', delay: HOUR);
    push('traces', 'traced in its payload', traced: 'payload');
    foreach ([['jobs', 'id'], ['failed_jobs', 'uuid']] as [$table, $id])
        foreach ($database->table($table)->get() as $row)
            tell(['id' => (string) $row->$id] + $pushed[json_decode($row->payload)->uuid]);
}

function view(): void
{
    global $database;
    foreach ($database->table('jobs')->get() as $row) tell(['view' => 'job', 'id' => (string) $row->id] + (array) $row);
    foreach ($database->table('failed_jobs')->get() as $row) tell(['view' => 'failed', 'id' => $row->uuid] + (array) $row);
}

[, $phase] = $argv;
$phase === 'work' ? work($argv[2]) : $phase();
