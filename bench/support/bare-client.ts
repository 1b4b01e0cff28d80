/** The yardstick: a discord.js client that does nothing but defer. */
import { Client, Events } from "discord.js";

const client = new Client({ intents: [], rest: { api: process.env["DISCORD_API_URL"] ?? "" } });
client.on(Events.InteractionCreate, (interaction) => {
  if (interaction.isChatInputCommand()) void interaction.deferReply();
});
async function register(): Promise<void> {
  const option = { type: 3, name: "prompt", description: "What it should show", required: true };
  await client.application?.commands.set([
    {
      name: "generate",
      description: "Makes something",
      options: [option, { ...option, name: "provider", required: false }],
    },
  ]);
  process.stdout.write("ready\n");
}
client.once(Events.ClientReady, () => void register());
await client.login(process.env["DISCORD_TOKEN"]);
