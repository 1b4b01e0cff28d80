import { accountStoreContract } from "./accounts.ts";
import { captionStoreContract } from "./captions.ts";
import { communityStoreContract } from "./communities.ts";
import { deliveryStoreContract } from "./deliveries.ts";
import { endingContract } from "./ending.ts";
import { inboxStoreContract } from "./inbox.ts";
import { ledgerModelContract } from "./ledger-model.ts";
import { orderContract } from "./order.ts";
import { postWishContract } from "./post-wishes.ts";
import { postWorkContract } from "./post-work.ts";
import { postStoreContract } from "./posts.ts";
import { draftStoreContract, galleryStoreContract, noteStoreContract } from "./small.ts";
import type { MakeDatabase } from "./suite.ts";
import { userStoreContract } from "./users.ts";
import { workContract } from "./work.ts";

/** What every engine has to keep: the whole of src/core/ports/stores.ts and post-stores.ts. */
export function storesContract(make: MakeDatabase, { modelRuns }: { modelRuns: number }): void {
  userStoreContract(make);
  inboxStoreContract(make);
  orderContract(make);
  workContract(make);
  endingContract(make);
  galleryStoreContract(make);
  deliveryStoreContract(make);
  draftStoreContract(make);
  noteStoreContract(make);
  captionStoreContract(make);
  accountStoreContract(make);
  communityStoreContract(make);
  postStoreContract(make);
  postWorkContract(make);
  postWishContract(make);
  ledgerModelContract(make, modelRuns);
}
