<?php

/** What a job does is in its own members; a protected one is serialised with NUL bytes. */
class Work
{
    public $tries;
    protected $act;

    public function __construct(public string $name, string $act = 'return', ?int $tries = null, public ?string $traceparent = null)
    {
        $this->act = $act;
        $this->tries = $tries;
    }

    public function handle(): void
    {
        tell(['ran' => $this->name]);
        if ($this->act === 'fail') throw new RuntimeException("cannot be done: \e[31mred");
        if ($this->act === 'hold') sleep(3600);
    }

    public function backoff(): int
    {
        return 3600;
    }
}
