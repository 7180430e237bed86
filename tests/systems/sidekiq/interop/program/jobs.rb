# frozen_string_literal: true
# The jobs and what they do; loaded by the library's worker, too. Which jobs ran stands in a database of its own.
require "redis"
require "sidekiq"
require "sidekiq/api"

Sidekiq.logger = Logger.new(nil)
Sidekiq.strict_args! if Sidekiq.respond_to?(:strict_args!)

RECORDS = Redis.new(url: ENV.fetch("REDIS_URL").sub(%r{/\d+\z}, "/#{ENV.fetch("RECORDS")}"))

# As OpenTelemetry's instrumentation does it: headers at the top level of the job.
class InjectContext
  def call(_class, job, _queue, _pool)
    context = Thread.current[:traceparent]
    job["traceparent"] = context if context && !job.key?("traceparent")
    yield
  end
end

Sidekiq.configure_client { |config| config.client_middleware { |chain| chain.add InjectContext } }

class Job
  include Sidekiq::Worker

  def perform(act = "return", *)
    before = RECORDS.lrange("ran", 0, -1).count(jid)
    RECORDS.rpush("ran", jid)
    case act
    when "throw" then raise ArgumentError, "cannot be done: \e[31mred"
    when "throw once" then raise "not yet" if before.zero?
    when "wait" then RECORDS.blpop("go", timeout: 120)
    end
  end
end

class Mail < Job
  sidekiq_options retry: 3, backtrace: 5, tags: %w[mail important]
end

class Once < Job
  sidekiq_options retry: 0
end
